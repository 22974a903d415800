using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Train;
using Pipeline.TestKit;
using Pipeline.Training.Exporting;
using Pipeline.Training.Models;

namespace Pipeline.Steps.Tests.Train;

/// <summary>A model is pruned, and trained on with its mask.</summary>
[Collection(OneModelAtATime.Name)]
public sealed class PruneTests : IDisposable
{
    private const string Short = """ "steps": 4, "batch": { "sequences": 2 }, "validation": { "every": 0 }, "threads": 1, "optimizer": { "name": "muon", "weight_decay": 0.5 }, "average": { "decay": 0.9 } """;

    private readonly TemporaryFolder folder = new();
    private readonly BpeModel tokenizer = BpeTrainer.Train(["to be or not to be, that is the question"], new BpeTraining { VocabularySize = 264 }, 1, TestContext.Current.CancellationToken).Model;

    [Theory]
    [InlineData("global")]
    [InlineData("layer")]
    public async Task A_pruned_model_keeps_its_zeros_while_it_is_trained_on(string scope)
    {
        Model();
        using var pruned = new StepRun(new Prune()).Given("model", folder["model"]);
        await pruned.RunAsync($$"""{ "sparsity": 0.6, "scope": "{{scope}}" }""");
        Assert.Equal(0.6, pruned.Context!.Metrics["sparsity"], 3);
        Assert.Equal(scope == "layer", Math.Abs(pruned.Context.Metrics["sparsity.most"] - pruned.Context.Metrics["sparsity.least"]) < 5e-3);
        Assert.Contains(pruned.Lines, line => line.StartsWith("transformer.h.0.mlp.c_fc.weight", StringComparison.Ordinal));

        using var trained = Training().Given("model", pruned["model"]).Given("mask", pruned["mask"]);
        await trained.RunAsync($$"""{ {{Short}} }""");
        Assert.Equal(pruned.Context.Metrics["sparsity"], trained.Context!.Metrics["sparsity"]);
        Assert.Equal(Zeros(pruned["model"]), Zeros(trained["model"]));

        using var free = Training().Given("model", pruned["model"]);
        await free.RunAsync($$"""{ {{Short}} }""");
        Assert.DoesNotContain("sparsity", free.Context!.Metrics.Keys);
        Assert.InRange(Zeros(free["model"]).Count, 0, 10);
    }

    [Theory]
    [InlineData("train.instruct")]
    [InlineData("train.dpo")]
    public async Task Instructing_and_aligning_hold_it_too(string type)
    {
        Model(context: 64);
        using var pruned = new StepRun(new Prune()).Given("model", folder["model"]);
        await pruned.RunAsync("""{ "sparsity": 0.6 }""");
        var (port, line) = type == "train.dpo"
            ? ("preferences", """{"id":"1","prompt":[{"role":"user","content":"to be?"}],"chosen":"or not","rejected":"to that"}""")
            : ("conversations", """{"id":"1","messages":[{"role":"user","content":"to be?"},{"role":"assistant","content":"or not"}]}""");
        using var trained = new StepRun(type == "train.dpo" ? new Dpo() : new Instruct()).Given("model", pruned["model"]).Given("mask", pruned["mask"]);
        foreach (var part in new[] { "train", "validation", "test" })
        {
            folder.Write($"{part}/{port}.jsonl", line + "\n");
            trained.Given(port, part, folder[part]);
        }

        await trained.RunAsync("""{ "steps": 4, "batch": { "sequences": 1 }, "validation": { "every": 0 }, "threads": 1, "optimizer": { "learning_rate": 0.01 } }""");
        Assert.NotEqual(0, pruned.Context!.Metrics["sparsity"]);
        Assert.Equal(pruned.Context.Metrics["sparsity"], trained.Context!.Metrics["sparsity"]);
        Assert.Equal(Zeros(pruned["model"]), Zeros(trained["model"]));
    }

    [Fact]
    public async Task What_cannot_be_pruned_or_held_is_said()
    {
        Model();
        Assert.StartsWith("No parameter to prune matches '*.q_proj.*'", (await Assert.ThrowsAsync<StepFailedException>(() => new StepRun(new Prune()).Given("model", folder["model"]).RunAsync("""{ "sparsity": 0.6, "include": ["*.q_proj.*"] }"""))).Message, StringComparison.Ordinal);
        using var pruned = new StepRun(new Prune()).Given("model", folder["model"]);
        await pruned.RunAsync("""{ "sparsity": 0.6 }""");
        var other = await Assert.ThrowsAsync<StepFailedException>(() => Training().Given("mask", pruned["mask"]).RunAsync($$"""{ {{Short}}, "model": { "width": 32, "layers": 1, "heads": 2, "context": 16 } }"""));
        Assert.StartsWith("mask: The mask is of another model: its 'transformer.h.0.attn.c_attn.weight' is [48, 16], and this one's [96, 32].", other.Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private StepRun Training()
    {
        TokenizerFile.Write(Directory.CreateDirectory(folder["tokenizer"]).FullName + "/tokenizer.json", tokenizer);
        var run = new StepRun(new Pretrain()).Given("tokenizer", folder["tokenizer"]);
        foreach (var part in new[] { "train", "validation", "test" }) run.Given("tokens", part, RandomTokens.Write(folder["tokens"], tokenizer, 1));
        return run;
    }

    private void Model(int context = 16)
    {
        using var model = LanguageModel.Initialise(new GptConfig(tokenizer.VocabularySize, context, 2, 2, 16), seed: 3);
        ModelFolder.Write(folder["model"], model, new(0, 0, 0));
        TokenizerFile.Write(folder["model/tokenizer.json"], tokenizer);
    }

    private static List<(string, int)> Zeros(string model)
    {
        using var read = ModelFolder.Read(model);
        return [.. read.Parameters.Layout.Where(each => each.Hidden).SelectMany(each => read.Parameters[each.Name].detach().flatten().data<float>().ToArray().Select((value, at) => (value, at)).Where(weight => weight.value == 0).Select(weight => (each.Name, weight.at)))];
    }
}
