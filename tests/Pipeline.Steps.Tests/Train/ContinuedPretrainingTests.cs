using System.Text.Json.Nodes;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Train;
using Pipeline.TestKit;
using Pipeline.Training.Exporting;
using Pipeline.Training.Models;

namespace Pipeline.Steps.Tests.Train;

[Collection(OneModelAtATime.Name)]
public sealed class ContinuedPretrainingTests : IDisposable
{
    private const string Short = """ "steps": 3, "batch": { "sequences": 2 }, "validation": { "every": 3, "sequences": 4 }, "threads": 1 """;

    private readonly TemporaryFolder folder = new();
    private readonly BpeModel tokenizer = BpeTrainer.Train(["to be or not to be, that is the question"], new BpeTraining { VocabularySize = 264 }, 1, TestContext.Current.CancellationToken).Model;

    [Fact]
    public async Task It_goes_on_with_a_model_on_a_mix_of_tokens()
    {
        using var model = Model(tokenizer.VocabularySize);
        using var given = Run(Tokens("a", 1), Tokens("b", 2));
        await given.Given("model", folder["model"]).RunAsync($$"""{ {{Short}}, "context": 8, "weights": [0.25, 0.75] }""");
        using var again = ModelFolder.Read(given["model"]);

        Assert.Equal(model.Config, again.Config);
        var moved = (again.Parameters.Values - model.Parameters.Values).abs().max().item<float>();
        // Three steps of AdamW move a weight by about the learning rate each.
        Assert.InRange(moved, 1e-5, 0.01);
        using var alone = Run(Tokens("c", 1));
        await alone.Given("model", folder["model"]).RunAsync($$"""{ {{Short}}, "context": 8 }""");
        Assert.NotEqual(File.ReadAllBytes(Path.Combine(alone["model"], "model.safetensors")), File.ReadAllBytes(Path.Combine(given["model"], "model.safetensors")));
    }

    [Fact]
    public async Task A_model_of_another_tokenizer_is_refused()
    {
        using var model = Model(tokenizer.VocabularySize);
        File.AppendAllText(folder["model/tokenizer.json"], "\n");
        var refused = await Assert.ThrowsAsync<StepFailedException>(() => Run(Tokens("a", 1)).Given("model", folder["model"]).RunAsync($$"""{ {{Short}} }"""));
        Assert.StartsWith("The model has another tokenizer than the input 'tokenizer'.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_of_another_tokenizer_are_refused_also_where_all_ids_fit()
    {
        using var run = Run(Tokens("a", 1));
        File.AppendAllText(folder["tokenizer/tokenizer.json"], "\n");
        var refused = await Assert.ThrowsAsync<StepFailedException>(() => run.RunAsync($$"""{ {{Short}} }"""));
        Assert.StartsWith("The tokens were encoded with another tokenizer than the input 'tokenizer'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "model": { "layers": 2 } }""", "model", 0, "model: shapes a new model, and the input 'model' has its own shape: leave out one of them")]
    [InlineData("""{ "context": 8 }""", "", 0, "context: goes with the input 'model'; a new model has model.context")]
    [InlineData("""{ "weights": [1, 2] }""", "", 0, "weights: goes with the input 'mix'")]
    [InlineData("""{ "weights": [1, 2] }""", "", 2, "weights: has 2 weights for 3 sets of tokens: first 'tokens', then those of 'mix'")]
    [InlineData("""{ "weights": [1, 2], "context": 8 }""", "model", 1, null)]
    [InlineData("{}", "model", 1, null)]
    public void Options_that_do_not_go_with_the_inputs_are_refused_before_anything_runs(string with, string input, int mix, string? expected)
    {
        var given = new Dictionary<string, int> { ["tokens"] = 3, ["tokenizer"] = 1 };
        if (input.Length > 0) given[input] = 1;
        if (mix > 0) given["mix"] = mix;
        var problems = new Pretrain().CheckInputs(JsonNode.Parse(with)!.AsObject(), given).Select(problem => $"{problem.Option}: {problem.Message}");
        Assert.Equal(expected is null ? [] : [expected], problems);
    }

    public void Dispose() => folder.Dispose();

    private StepRun Run(string tokens, params string[] mix)
    {
        TokenizerFile.Write(Directory.CreateDirectory(folder["tokenizer"]).FullName + "/tokenizer.json", tokenizer);
        var run = new StepRun(new Pretrain()).Given("tokenizer", folder["tokenizer"]);
        foreach (var part in new[] { "train", "validation", "test" }) run.Given("tokens", part, tokens);
        foreach (var more in mix) run.Given("mix", Path.GetFileName(more), more);
        return run;
    }

    private LanguageModel Model(int vocabulary)
    {
        var model = LanguageModel.Initialise(new LlamaConfig(vocabulary, 16, 1, 2, 16), seed: 3);
        ModelFolder.Write(folder["model"], model, new(0, 0, 0));
        TokenizerFile.Write(folder["model/tokenizer.json"], tokenizer);
        return model;
    }

    private string Tokens(string name, int seed) => RandomTokens.Write(folder[name], tokenizer, seed);
}
