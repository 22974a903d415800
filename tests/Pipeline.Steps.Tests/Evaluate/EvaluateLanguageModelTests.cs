using Pipeline.Data.Tokenizers;
using Pipeline.Steps.Evaluate;
using Pipeline.Steps.Tests.Train;
using Pipeline.Steps.Train;
using Pipeline.TestKit;

namespace Pipeline.Steps.Tests.Evaluate;

/// <summary>Models are measured beside what counting alone can do.</summary>
[Collection(OneModelAtATime.Name)]
public sealed class EvaluateLanguageModelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly BpeModel tokenizer = BpeTrainer.Train(["to be or not to be, that is the question"], new BpeTraining { VocabularySize = 264 }, 1, TestContext.Current.CancellationToken).Model;

    [Theory]
    [InlineData("lstm")]
    [InlineData("encoder-decoder")]
    public async Task A_model_is_measured_beside_n_grams_and_writes_an_answer(string architecture)
    {
        using var trained = Given(new StepRun(new Pretrain()));
        TokenizerFile.Write(Directory.CreateDirectory(folder["tokenizer"]).FullName + "/tokenizer.json", tokenizer);
        trained.Given("tokenizer", folder["tokenizer"]);
        await trained.RunAsync($$"""{ "model": { "architecture": "{{architecture}}", "width": 16, "layers": 1, "context": 16 }, "steps": 2, "batch": { "sequences": 2 }, "validation": { "every": 0 }, "threads": 1 }""");
        folder.Write("conversations/conversations.jsonl", """{"id":"a","messages":[{"role":"user","content":"to be?"},{"role":"assistant","content":"or not"}]}""" + "\n");

        using var evaluated = Given(new StepRun(new EvaluateLanguageModel())).Given("models", "one", trained["model"]).Given("conversations", folder["conversations"]);
        await evaluated.RunAsync("""{ "ngram_order": 3, "threads": 1, "samples": { "max_tokens": 5 } }""");
        var metrics = evaluated.Context!.Metrics;
        Assert.All(["unigram.test.perplexity", "ngram.test.perplexity", "one.test.perplexity"], name => Assert.InRange(metrics[name], 1, 400));
        // The training part is the test part here: three tokens are nearly always known by the first two.
        Assert.True(metrics["ngram.test.perplexity"] < metrics["unigram.test.perplexity"] / 2);
        Assert.Equal(architecture == "lstm", metrics.ContainsKey("one.answer.loss"));
        Assert.Contains("\"one\": ", File.ReadAllText(Path.Combine(evaluated["samples"], "samples.json")), StringComparison.Ordinal);
        Assert.Contains(" n-gram -> ", evaluated.Context.Summary, StringComparison.Ordinal);
        Assert.Equal(["baseline", "ngram", "one"], HeldOutTable.Of(metrics, ["one"]).Columns);
    }

    public void Dispose() => folder.Dispose();

    private StepRun Given(StepRun run)
    {
        foreach (var part in new[] { "train", "validation", "test" }) run.Given("tokens", part, RandomTokens.Write(folder["tokens"], tokenizer, 1));
        return run;
    }
}
