using System.Text.Json.Nodes;
using Pipeline.Data.Tokenizers;
using Pipeline.Steps.Train;
using Pipeline.TestKit;

namespace Pipeline.Steps.Tests.Train;

/// <summary>What a training shows and keeps of itself, where it is told to.</summary>
[Collection(OneModelAtATime.Name)]
public sealed class MonitoringTests : IDisposable
{
    private const string Plain = """ "model": { "layers": 1, "heads": 2, "width": 16, "context": 16 }, "steps": 6, "batch": { "sequences": 4 }, "validation": { "every": 2, "sequences": 4 }, "threads": 1 """;

    private readonly TemporaryFolder folder = new();
    private readonly BpeModel tokenizer = BpeTrainer.Train(["to be or not to be, that is the question"], new BpeTraining { VocabularySize = 264 }, 1, TestContext.Current.CancellationToken).Model;

    [Fact]
    public async Task Samples_and_monitoring_are_in_the_log_as_they_come_and_leave_the_model_as_it_would_be()
    {
        using var plain = await Run().RunAsync($$"""{ {{Plain}} }""");
        using var told = await Run().RunAsync($$"""{ {{Plain}}, "monitor": true, "samples": { "prompts": ["to be", "that"], "max_tokens": 8 } }""");
        Assert.Equal(File.ReadAllBytes(Path.Combine(plain["model"], "model.safetensors")), File.ReadAllBytes(Path.Combine(told["model"], "model.safetensors")));

        JsonObject[] log = [.. File.ReadLines(Path.Combine(told["log"], "log.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject())];
        Assert.Equal(["to be", "that"], log.Where(line => (int)line["step"]! == 4 && line.ContainsKey("sample")).Select(line => (string)line["prompt"]!));
        Assert.All(log.Where(line => line.ContainsKey("loss")), line => Assert.True(line.ContainsKey("grad_norm") && line.ContainsKey("weight_norm") && line.ContainsKey("update_ratio")));
        Assert.All(log.Where(line => line.ContainsKey("validation.loss") && (int)line["step"]! > 0), line => Assert.True(line.ContainsKey("validation.gap") && line.ContainsKey("validation.overfit") && line.ContainsKey("validation.bits_per_byte")));
        Assert.Contains(told.Lines, line => line.StartsWith("step 6: \"that\" -> \"", StringComparison.Ordinal));
        Assert.Contains(told.Lines, line => line == "MFU is unknown: there is no peak of cpu in the table");
        Assert.Matches(@"^loss [0-9.]+  val [0-9.]+  gap -?[0-9.]+  [0-9.]+k tok/s  lr [0-9.e+-]+  norm [0-9.]+  mfu unknown  [0-9]+ MB$", told.Notes[^1]);
        Assert.Matches(@"^loss [0-9.]+  val [0-9.]+  [0-9.]+k tok/s$", plain.Notes[^1]);
        Assert.True(told.Context!.Measurements["peak_memory_bytes"] > 1e7 && !told.Context.Measurements.ContainsKey("mfu"));
    }

    [Fact]
    public async Task Without_validation_the_part_for_it_may_be_empty()
    {
        using var run = await Run(held: 0).RunAsync($$"""{ {{Plain.Replace("\"every\": 2", "\"every\": 0", StringComparison.Ordinal)}}, "monitor": true }""");
        Assert.Equal(6, run.Context!.Metrics["train.steps"]);
        Assert.Equal(0.6486, run.Context.Metrics["train.epochs"]);
        Assert.Contains("6 steps (0.65 epochs) · loss", run.Context.Summary, StringComparison.Ordinal);
        Assert.DoesNotContain("validation.loss", run.Context.Metrics.Keys);
    }

    [Fact]
    public async Task A_part_without_tokens_is_named()
    {
        var failed = await Assert.ThrowsAsync<Pipeline.Engine.Authoring.StepFailedException>(() => Run(held: 0).RunAsync($$"""{ {{Plain}} }"""));
        Assert.Equal("The validation part of 'tokens' has 0 tokens, and predicting one from another takes at least 2: give the split a validation share, or never validate (validation.every: 0).", failed.Message);
    }

    [Theory]
    [InlineData("""{ "samples": { "prompts": [] } }""", "samples.prompts: needs texts that are not empty")]
    [InlineData("""{ "samples": { "prompts": [""] } }""", "samples.prompts: needs texts that are not empty")]
    [InlineData("""{ "samples": { "prompts": ["a"] }, "validation": { "every": 0 } }""", "samples: are written beside validations: set validation.every above 0")]
    public void Samples_that_cannot_be_are_refused(string with, string expected) => Assert.Equal([expected], new StepRun(new Instruct()).Problems(with));

    [Fact]
    public void A_model_that_sees_what_follows_writes_no_samples()
    {
        var problems = new StepRun(new Pretrain()).Problems("""{ "model": { "architecture": "bert" }, "samples": { "prompts": ["a"] } }""");
        Assert.Equal("samples: architecture bert sees what follows and cannot go on with a text: leave it out, or choose another", Assert.Single(problems));
    }

    public void Dispose() => folder.Dispose();

    private StepRun Run(int held = 20)
    {
        TokenizerFile.Write(Directory.CreateDirectory(folder["tokenizer"]).FullName + "/tokenizer.json", tokenizer);
        var tokens = RandomTokens.Write(folder["tokens"], tokenizer, seed: 1);
        var run = new StepRun(new Pretrain()).Given("tokenizer", folder["tokenizer"]);
        foreach (var part in new[] { "train", "test" }) run.Given("tokens", part, tokens);
        run.Given("tokens", "validation", RandomTokens.Write(folder["held"], tokenizer, seed: 1, documents: held));
        return run;
    }
}
