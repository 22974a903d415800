using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Optimizers;
using Pipeline.Training.Pruning;
using Pipeline.Training.Tests.Families;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests;

public sealed class PruningTests
{
    static readonly Dictionary<string, (OptimizerOptions Optimizer, double Rate)> Optimizers = new()
    {
        ["adamw"] = (new AdamWOptions { WeightDecay = 0.5 }, 1e-2),
        ["muon"] = (new MuonOptions { WeightDecay = 0.5 }, 2e-2),
        ["lion"] = (new LionOptions(), 1e-3),
        ["adafactor"] = (new AdafactorOptions { WeightDecay = 0.1 }, 3e-2),
        ["lamb"] = (new LambOptions { WeightDecay = 0.1 }, 1e-2),
        ["lars"] = (new LarsOptions { Trust = 0.1 }, 1),
        ["sgd"] = (new SgdOptions { Nesterov = true, WeightDecay = 1e-3 }, 0.1),
    };

    public static TheoryData<string> Names => [.. Optimizers.Keys];

    /// <summary>The places that are removed, by name, from the definition: all weights sorted by magnitude in float64, then by their place.</summary>
    static Dictionary<string, HashSet<int>> Reference(LanguageModel model, IEnumerable<string> names, double sparsity, bool global)
    {
        var weights = names.SelectMany((name, tensor) => model.Parameters[name].detach().flatten().data<float>().ToArray().Select((value, place) => (name, tensor, place, Magnitude: Math.Abs((double)value)))).ToList();
        var removed = names.ToDictionary(name => name, _ => new HashSet<int>());
        foreach (var group in weights.GroupBy(each => global ? "" : each.name))
        {
            foreach (var each in group.OrderBy(each => each.Magnitude).ThenBy(each => each.tensor).ThenBy(each => each.place).Take((int)Math.Floor(sparsity * group.Count() + 0.5)))
                removed[each.name].Add(each.place);
        }
        return removed;
    }

    static string[] Hidden(ModelConfig config) => [.. config.Layout().Where(each => each.Hidden).Select(each => each.Name)];

    static HashSet<int> Places(Tensor removed) => [.. removed.flatten().data<bool>().ToArray().Select((each, at) => (each, at)).Where(each => each.each).Select(each => each.at)];

    [Theory]
    [InlineData(0, PruningScope.Global)]
    [InlineData(0.3, PruningScope.Global)]
    [InlineData(0.999, PruningScope.Global)]
    [InlineData(0.3, PruningScope.Layer)]
    [InlineData(0.75, PruningScope.Layer)]
    public void The_smallest_go_as_sorting_them_says(double sparsity, PruningScope scope)
    {
        using var model = Small.Rough(Small.Config());
        // Equal magnitudes of both signs, so that the threshold falls among them.
        using (no_grad())
            model.Parameters["transformer.h.0.mlp.c_fc.weight"].copy_((model.Parameters["transformer.h.0.mlp.c_fc.weight"] * 8).round() / 8);
        var (mask, tensors) = new MagnitudePruning { Sparsity = sparsity, Scope = scope }.Of(model);
        using var owned = mask;
        var expected = Reference(model, Hidden(model.Config), sparsity, scope == PruningScope.Global);
        Assert.Equal(Hidden(model.Config), mask.Tensors.Select(each => each.Name));
        foreach (var ((name, removed), tensor) in mask.Tensors.Zip(tensors))
        {
            Assert.Equal(expected[name].Order(), Places(removed).Order());
            Assert.Equal((name, (long)expected[name].Count), (tensor.Name, tensor.Removed));
            var values = model.Parameters[name].detach().flatten().data<float>().ToArray();
            Assert.Equal(expected[name].Select(place => (double)Math.Abs(values[place])).DefaultIfEmpty().Max(), tensor.Threshold);
        }
    }

    [Fact]
    public void Of_equal_weights_the_first_go()
    {
        using var model = LanguageModel.Initialise(Small.Config(), 1);
        using (no_grad())
            foreach (var name in Hidden(model.Config))
                model.Parameters[name].fill_(-0.5);
        var (mask, tensors) = new MagnitudePruning { Sparsity = 0.1 }.Of(model);
        using var owned = mask;
        var left = (long)Math.Round(0.1 * tensors.Sum(each => each.Weights));
        foreach (var tensor in tensors)
        {
            Assert.Equal(Math.Min(left, tensor.Weights), tensor.Removed);
            left -= tensor.Removed;
        }
        Assert.Equal(Enumerable.Range(0, (int)tensors[0].Removed), Places(mask.Tensors[0].Removed).Order());
    }

    [Fact]
    public void Embeddings_norms_and_biases_stay_in_every_family_and_patterns_choose_otherwise()
    {
        foreach (var config in Small.Decoders.Values.Concat(Family.All.Select(row => Family.Config(row.Data))))
        {
            using var model = LanguageModel.Initialise(config, 1);
            var (mask, _) = new MagnitudePruning { Sparsity = 0.5 }.Of(model);
            using var owned = mask;
            Assert.NotEmpty(mask.Tensors);
            Assert.All(mask.Tensors, each => Assert.DoesNotMatch("wte|wpe|embed|norm|ln_|bias|lm_head", each.Name.ToLowerInvariant()));
        }
        using var gpt = LanguageModel.Initialise(Small.Config(), 1);
        string[] Pruned(string[] include, string[] exclude)
        {
            var (mask, _) = new MagnitudePruning { Sparsity = 0.5, Include = include, Exclude = exclude }.Of(gpt);
            using var owned = mask;
            return [.. mask.Tensors.Select(each => each.Name)];
        }
        Assert.Equal(["transformer.wte.weight"], Pruned(["transformer.wte.*"], []));
        Assert.All(Pruned([], ["*.h.0.*"]), name => Assert.Contains(".h.1.", name, StringComparison.Ordinal));
        Assert.StartsWith("No parameter to prune matches 'transformer.wte'. Near it: transformer.wte.weight", Assert.Throws<ArgumentException>(() => Pruned(["transformer.wte"], [])).Message, StringComparison.Ordinal);
        Assert.StartsWith("No parameter to leave out of pruning matches 'x'", Assert.Throws<ArgumentException>(() => Pruned([], ["x"])).Message, StringComparison.Ordinal);
        Assert.StartsWith("Nothing is left to prune", Assert.Throws<ArgumentException>(() => Pruned([], ["*"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_pad_a_vocabulary_are_no_weights()
    {
        using var model = Small.Rough(Small.Config());
        var (mask, tensors) = new MagnitudePruning { Sparsity = 0.5, Include = ["transformer.wte.weight"] }.Of(model);
        using var owned = mask;
        Assert.Equal((Small.Vocabulary * 32L, Small.Vocabulary * 16L), (tensors[0].Weights, tensors[0].Removed));
        mask.Hold(model);
        Assert.Equal(0.5, model.Sparsity);
    }

    [Fact]
    public void What_is_no_number_and_what_is_no_share_is_refused()
    {
        using var model = LanguageModel.Initialise(Small.Config(), 1);
        Assert.Throws<ArgumentException>(() => new MagnitudePruning { Sparsity = 1 }.Of(model));
        Assert.Throws<ArgumentException>(() => new MagnitudePruning { Sparsity = double.NaN }.Of(model));
        using (no_grad())
            model.Parameters["transformer.h.1.mlp.c_fc.weight"][3, 2] = float.NaN;
        Assert.Contains("'transformer.h.1.mlp.c_fc.weight' holds a weight that is not a number", Assert.Throws<InvalidDataException>(() => new MagnitudePruning { Sparsity = 0.5 }.Of(model)).Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public void Removed_weights_stay_at_0_through_a_training_its_average_and_a_resumption(string name)
    {
        using var folder = new TemporaryFolder();
        var (optimizer, rate) = Optimizers[name];
        var options = Small.Options() with { Optimizer = optimizer, LearningRate = new() { Peak = rate, WarmUp = 2 }, AverageDecay = 0.9, MicroBatch = 2, CheckpointEverySteps = 4, ValidateEvery = 3, EarlyStopping = new() { Patience = 100 }, Monitor = true };
        var (before, whole, removed) = Train(folder, options, folder["whole"]);
        Assert.Throws<OperationCanceledException>(() => Train(folder, options, folder["run"], new StopAt(6)));
        Assert.Equal(whole, Train(folder, options, folder["run"]).After);
        Assert.All(removed, at => Assert.Equal(0, BitConverter.SingleToInt32Bits(whole[at])));
        var moved = Enumerable.Range(0, whole.Length).Count(at => whole[at] != before[at]);
        Assert.InRange(moved, (whole.Length - removed.Count) / 2, whole.Length - removed.Count);
    }

    [Fact]
    public void A_mask_is_read_back_and_that_of_another_model_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var model = Small.Rough(Small.Config());
        var (mask, _) = new MagnitudePruning { Sparsity = 0.4 }.Of(model);
        mask.Write(folder["mask.safetensors"]);
        using (var read = PruningMask.Read(folder["mask.safetensors"]))
            Assert.Equal(mask.Tensors.Select(each => (each.Name, string.Join(",", Places(each.Removed).Order()))).Order(), read.Tensors.Select(each => (each.Name, string.Join(",", Places(each.Removed).Order()))).Order());
        using var wider = LanguageModel.Initialise(Small.Config() with { Width = 64 }, 1);
        using var llama = LanguageModel.Initialise(Small.Llama(), 1);
        Assert.Contains("is [96, 32], and this one's [192, 64]", Assert.Throws<ArgumentException>(() => mask.Hold(wider)).Message, StringComparison.Ordinal);
        Assert.Contains("has no parameter", Assert.Throws<ArgumentException>(() => mask.Hold(llama)).Message, StringComparison.Ordinal);
        mask.Dispose();
        Safetensors.Write(folder["weights.safetensors"], [("x", zeros(2))]);
        Assert.Contains("'x' is F32, and a mask holds BOOL alone", Assert.Throws<InvalidDataException>(() => PruningMask.Read(folder["weights.safetensors"])).Message, StringComparison.Ordinal);
        File.WriteAllBytes(folder["torn"], File.ReadAllBytes(folder["mask.safetensors"])[..^10]);
        Assert.Throws<InvalidDataException>(() => PruningMask.Read(folder["torn"]));
    }

    [Fact]
    public void Without_a_mask_there_is_no_sparsity_and_with_one_the_model_has_it()
    {
        using var model = Small.Rough(Small.Config());
        Assert.Null(model.Sparsity);
        var (mask, tensors) = new MagnitudePruning { Sparsity = 0.25, Scope = PruningScope.Layer }.Of(model);
        using var owned = mask;
        mask.Hold(model);
        Assert.Equal(0.25, model.Sparsity);
        Assert.All(tensors, each => Assert.Equal(0.25, each.Sparsity));
    }

    /// <returns>The parameters, and the places of the removed ones in them.</returns>
    static (float[] Before, float[] After, List<int> Removed) Train(TemporaryFolder folder, TrainingOptions options, string run, ITrainingObserver? observer = null)
    {
        using var tokens = Small.Tokens(folder);
        using var model = LanguageModel.Initialise(Small.Config(dropout: 0.1), seed: 1);
        var (mask, _) = new MagnitudePruning { Sparsity = 0.6 }.Of(model);
        using var owned = mask;
        mask.Hold(model);
        var places = mask.Tensors.SelectMany(each => Places(each.Removed).Select(at => (int)model.Parameters.Offsets[model.Parameters.Names.ToList().IndexOf(each.Name)] + at)).ToList();
        var before = model.Values();
        using var objective = new NextToken(model);
        var windows = new TokenWindows(tokens, Small.Context, 1);
        new Trainer<TokenBatch>(model.Parameters, objective, windows, windows, options, new RunFiles(run, "run"), observer: observer).Run();
        return (before, model.Values(), places);
    }
}
