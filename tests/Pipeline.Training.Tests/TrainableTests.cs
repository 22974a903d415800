using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Optimizers;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests;

public sealed class TrainableTests
{
    [Theory]
    [InlineData("adamw")]
    [InlineData("muon")]
    [InlineData("adafactor")]
    [InlineData("sgd")]
    public void A_frozen_parameter_keeps_its_bits_and_its_optimiser_state(string optimizer)
    {
        OptimizerOptions options = optimizer switch { "muon" => new MuonOptions(), "adafactor" => new AdafactorOptions(), "sgd" => new SgdOptions(), _ => new AdamWOptions() };
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder);
        using var model = LanguageModel.Initialise(Small.Config(dropout: 0.1), seed: 1);
        var before = model.Parameters.Views.Select(view => view.detach().flatten().data<float>().ToArray()).ToArray();
        using var objective = new NextToken(model);
        var trainable = new Trainable { Freeze = ["transformer.w?e.*", "transformer.h.0.*", "*.ln_2.bias"] };
        var files = new Training.Checkpoints.RunFiles(folder["run"], "run");
        new Trainer<TokenBatch>(model.Parameters, objective, new TokenWindows(tokens, Small.Context, 1), null, Small.Options() with { Optimizer = options, Trainable = trainable }, files).Run();
        for (var i = 0; i < before.Length; i++)
        {
            var name = model.Parameters.Names[i];
            var frozen = name.StartsWith("transformer.wte", StringComparison.Ordinal) || name.StartsWith("transformer.wpe", StringComparison.Ordinal) || name.StartsWith("transformer.h.0.", StringComparison.Ordinal) || name.EndsWith("ln_2.bias", StringComparison.Ordinal);
            var after = model.Parameters.Views[i].detach().flatten().data<float>().ToArray();
            Assert.Equal(frozen, before[i].SequenceEqual(after));
            Assert.Equal(!frozen, model.Parameters.Treatments[i].Trained);
        }
        using var scope = NewDisposeScope();
        var state = Training.Checkpoints.Safetensors.Read(Directory.GetFiles(folder["run"], "*.safetensors", SearchOption.AllDirectories).Single());
        foreach (var moment in state.Where(each => each.Key is "first_moment" or "momentum").Select(each => each.Value))
        {
            var views = model.Parameters.ViewsOn(moment);
            for (var i = 0; i < views.Length; i++)
                Assert.Equal(model.Parameters.Treatments[i].Trained, views[i].abs().sum().item<float>() > 0);
        }
    }

    [Fact]
    public void A_pattern_that_matches_nothing_names_what_is_near()
    {
        var names = Small.Config().Layout().Select(each => each.Name).ToArray();
        var error = Assert.Throws<ArgumentException>(() => new Trainable { Freeze = ["transformer.wte.weights"] }.Of(names));
        Assert.StartsWith("No parameter to freeze matches 'transformer.wte.weights'. Near it: transformer.wte.weight,", error.Message);
        Assert.Contains("Every parameter is frozen", Assert.Throws<ArgumentException>(() => new Trainable { Freeze = ["*"] }.Of(names)).Message);
        Assert.Contains("no", Assert.Throws<ArgumentException>(() => new Trainable { LayerDecay = 0.5 }.Of(["a", "b"])).Message);
    }

    [Fact]
    public void Rates_fall_by_a_factor_per_layer_from_the_top()
    {
        double Scale(string[] names, string name) => new Trainable { LayerDecay = 0.5 }.Of(names)[Array.IndexOf(names, name)].RateScale;
        var decoder = Small.Config().Layout().Select(each => each.Name).ToArray();
        Assert.Equal([0.125, 0.125, 0.25, 0.5, 1],
            new[] { "transformer.wte.weight", "transformer.wpe.weight", "transformer.h.0.ln_1.bias", "transformer.h.1.mlp.c_proj.weight", "transformer.ln_f.weight" }.Select(name => Scale(decoder, name)));
        string[] both = ["shared.weight", "encoder.block.0.w", "encoder.block.1.w", "encoder.norm.w", "decoder.block.0.w", "decoder.block.1.w", "head.w"];
        Assert.Equal([1 / 32.0, 1 / 16.0, 0.125, 0.125, 0.25, 0.5, 1], both.Select(name => Scale(both, name)));
        string[] recurrent = ["embedding.weight", "lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.weight_ih_l1", "lstm.bias_l1", "output.weight"];
        Assert.Equal([0.125, 0.25, 0.25, 0.5, 0.5, 1], recurrent.Select(name => Scale(recurrent, name)));
    }

    [Fact]
    public void Without_rules_the_runs_are_those_with_and_without_decay()
    {
        using var model = new LanguageModel(Small.Config());
        Assert.Equal([(0, model.Parameters.Decayed, true, 1.0), (model.Parameters.Decayed, model.Parameters.Values.numel() - model.Parameters.Decayed, false, 1.0)],
            ParameterRun.Of(model.Parameters).Select(run => (run.Start, run.Length, run.Decayed, run.RateScale)));
        model.Parameters.PrepareForTraining(new Trainable { LayerDecay = 0.5 });
        Assert.Equal([0.125, 0.25, 0.5, 0.25, 0.5, 1], ParameterRun.Of(model.Parameters).Select(run => run.RateScale));
    }

    [Fact]
    public void A_scaled_rate_is_that_of_a_step_with_the_scaled_rate()
    {
        ParameterLayout[] layout = [new("h.0.w", [4, 4], default), new("h.1.w", [4, 4], default)];
        foreach (OptimizerOptions options in new OptimizerOptions[] { new AdamWOptions(), new MuonOptions(), new LionOptions(), new AdafactorOptions(), new LambOptions(), new LarsOptions(), new SgdOptions() })
        {
            float[] Step(Trainable trainable, double rate)
            {
                using var parameters = new FlatParameters(layout, CPU);
                parameters.Values.copy_(linspace(-1, 1, parameters.Values.numel()));
                parameters.PrepareForTraining(trainable);
                using var optimizer = options.Create(parameters);
                parameters.Gradients.copy_(linspace(1, -2, parameters.Values.numel()));
                optimizer.Step(rate, 1);
                return parameters.Values.data<float>().ToArray();
            }
            var (scaled, half, quarter) = (Step(new() { LayerDecay = 0.5 }, 0.1), Step(new(), 0.05), Step(new(), 0.025));
            Assert.Equal([.. quarter[..16], .. half[16..]], scaled);
        }
    }
}
