using System.Text.Json.Nodes;
using Pipeline.Data.Tokenizers;
using Pipeline.Steps.Train;
using Pipeline.TestKit;

namespace Pipeline.Steps.Tests.Train;

/// <summary>train.verify on trainings of every kind; that each invariant can fail is in the tests of Pipeline.Training.</summary>
[Collection(OneModelAtATime.Name)]
public sealed class VerifyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly BpeModel tokenizer = BpeTrainer.Train(["to be or not to be, that is the question"], new BpeTraining { VocabularySize = 300, SpecialTokens = [.. SpecialTokens.Default, "<mask>", "<extra_id_0>", "<extra_id_1>", "<extra_id_2>"] }, 1, TestContext.Current.CancellationToken).Model;

    [Theory]
    [InlineData("""{ "model": { "layers": 1, "heads": 2, "width": 16, "context": 16, "dropout": 0.1 }, "documents": "separate" }""", "1, 3, 4, 5, 6, 7, 8, 9", "model.dropout documents")]
    [InlineData("""{ "model": { "architecture": "lstm", "layers": 1, "width": 16, "context": 16, "dropout": 0.2, "variational": true }, "optimizer": { "name": "sgd", "nesterov": true, "momentum": 0.9, "clip": 5 }, "schedule": { "name": "constant", "warmup": 50 } }""", "1, 4, 5, 6, 7, 8, 9", "model.architecture model.variational optimizer.nesterov optimizer.momentum optimizer.clip schedule.name schedule.warmup")]
    [InlineData("""{ "model": { "architecture": "bert", "layers": 1, "heads": 2, "width": 16, "context": 16 }, "objective": { "mask_share": 0.3 }, "optimizer": { "name": "adafactor", "epsilon": 1e-29 }, "average": {} }""", "4, 5, 6, 7, 8, 9", "objective.mask_share optimizer.name optimizer.epsilon average")]
    [InlineData("""{ "model": { "architecture": "encoder-decoder", "layers": 1, "heads": 2, "width": 16, "context": 16 }, "objective": { "name": "span_corruption", "span_density": 0.2, "mean_span": 2 }, "trainable": { "layer_decay": 0.8 } }""", "4, 5, 6, 7, 8, 9", "objective.name objective.span_density trainable.layer_decay")]
    public async Task A_training_keeps_the_invariants_that_apply(string training, string expected, string options)
    {
        var with = JsonNode.Parse(training)!.AsObject();
        foreach (var (name, value) in (JsonObject)JsonNode.Parse("""{ "steps": 200, "batch": { "sequences": 4, "micro": 2 }, "threads": 1, "seed": 3 }""")!) with[name] = value?.DeepClone();
        using var run = Run(conversations: true);
        await run.RunAsync(with.ToJsonString());
        var findings = JsonNode.Parse(File.ReadAllText(Path.Combine(run["findings"], "findings.json")))!.AsArray();
        Assert.Equal(expected, string.Join(", ", findings.Where(finding => (bool?)finding!["holds"] == true).Select(finding => (int)finding!["invariant"]!)));
        Assert.Equal(expected.Split(", ").Length, run.Context!.Metrics["invariants.hold"]);
        Assert.Equal(9, run.Lines.Count);
        var read = (string)findings[8]!["figures"]!;
        // Also those that are set to what the default stands for.
        Assert.All(options.Split(' ').Append("seed"), option => Assert.Contains(option, read, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_conversations_there_is_no_answer_to_check()
    {
        using var run = Run(conversations: false);
        await run.RunAsync("""{ "model": { "layers": 1, "heads": 2, "width": 16, "context": 16 }, "batch": { "sequences": 4 }, "threads": 1 }""");
        Assert.Contains("does not apply: there are no conversations among its inputs", run.Lines[6], StringComparison.Ordinal);
        Assert.Equal("7 invariants hold, 2 do not apply (adapters begin as nothing and merge without loss; answers and their ends are trained, and nothing else)", run.Context!.Summary);
    }

    [Theory]
    [InlineData("""{ "model": { "heads": 3 } }""", "model.heads: 3 does not divide the width of 128: choose a divisor")]
    [InlineData("""{ "optimizer": { "trust": 1 } }""", "optimizer.trust: is not read by adamw, only by lars: leave it out")]
    [InlineData("""{ "context": 8 }""", "context: goes with the input 'model'; a new model has model.context")]
    [InlineData("""{ "model": { "architecture": "gru" }, "documents": "separate" }""", "documents: architecture gru cannot keep documents apart: leave it out, or choose gpt or llama")]
    public void A_training_that_cannot_be_is_refused_before_anything_runs(string with, string expected) => Assert.Equal([expected], new StepRun(new Verify()).Problems(with));

    public void Dispose() => folder.Dispose();

    private StepRun Run(bool conversations)
    {
        TokenizerFile.Write(Directory.CreateDirectory(folder["tokenizer"]).FullName + "/tokenizer.json", tokenizer);
        var run = new StepRun(new Verify()).Given("tokenizer", folder["tokenizer"]);
        foreach (var part in new[] { "train", "validation", "test" })
        {
            run.Given("tokens", part, RandomTokens.Write(folder["tokens-" + part], tokenizer, seed: 1));
            if (!conversations) continue;
            folder.Write($"{part}/conversations.jsonl", """{"id":"1","messages":[{"role":"user","content":"to be?"},{"role":"assistant","content":"or not to be"}]}""" + "\n");
            run.Given("conversations", part, folder[part]);
        }

        return run;
    }
}
