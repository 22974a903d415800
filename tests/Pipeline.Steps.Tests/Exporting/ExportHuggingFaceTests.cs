using System.Text.Json.Nodes;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Exporting;
using Pipeline.Steps.Tests.Train;
using Pipeline.TestKit;
using Pipeline.Training.Exporting;
using Pipeline.Training.Models;

namespace Pipeline.Steps.Tests.Exporting;

[Collection(OneModelAtATime.Name)]
public sealed class ExportHuggingFaceTests : IDisposable
{
    private readonly TemporaryFolder given = new();

    [Fact]
    public async Task A_model_and_its_tokenizer_become_a_folder_that_gives_the_same_logits()
    {
        var tokenizer = GivenModel();
        using var run = await new StepRun(new ExportHuggingFace()).Given("model", given.Path).RunAsync();

        Assert.Equal(
            ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"],
            Directory.GetFiles(run["export"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(File.ReadAllBytes(given["tokenizer.json"]), File.ReadAllBytes(Path.Combine(run["export"], "tokenizer.json")));
        Assert.Equal(File.ReadAllBytes(given["model.safetensors"]), File.ReadAllBytes(Path.Combine(run["export"], "model.safetensors")));
        Assert.Equal(0, run.Context!.Metrics["logits.largest_difference"]);

        var (endOfText, end) = (tokenizer.SpecialId("<|endoftext|>"), tokenizer.SpecialId("<|end|>"));
        Assert.Equal($"[{endOfText},{end}]", Json(run, "generation_config.json")["eos_token_id"]!.ToJsonString());
        Assert.Equal(endOfText, (int)Json(run, "config.json")["eos_token_id"]!);
        Golden.Matches("tokenizer_config.json.txt", File.ReadAllText(Path.Combine(run["export"], "tokenizer_config.json")));
    }

    [Fact]
    public async Task Half_precision_says_what_it_cost()
    {
        GivenModel();
        using var run = await new StepRun(new ExportHuggingFace()).Given("model", given.Path).RunAsync("""{ "dtype": "bfloat16" }""");
        Assert.InRange(run.Context!.Metrics["logits.largest_difference"], 1e-6, 0.1);
        Assert.Equal("bfloat16", (string)Json(run, "config.json")["torch_dtype"]!);
        Assert.InRange(new FileInfo(Path.Combine(run["export"], "model.safetensors")).Length, 1, new FileInfo(given["model.safetensors"]).Length * 0.6);
    }

    [Fact]
    public async Task A_tokenizer_of_another_model_is_refused()
    {
        GivenModel(vocabulary: 300);
        using var run = new StepRun(new ExportHuggingFace()).Given("model", given.Path);
        var refused = await Assert.ThrowsAsync<StepFailedException>(() => run.RunAsync());
        Assert.Contains("The model knows 300 tokens and the tokenizer beside it 264", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => given.Dispose();

    private static JsonNode Json(StepRun run, string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(run["export"], file)))!;

    private BpeModel GivenModel(int? vocabulary = null)
    {
        var training = new BpeTraining { VocabularySize = 264 };
        var tokenizer = BpeTrainer.Train(["to be or not to be, that is the question"], training, 1, TestContext.Current.CancellationToken).Model;
        TokenizerFile.Write(given["tokenizer.json"], tokenizer);
        using var model = LanguageModel.Initialise(new GptConfig(vocabulary ?? tokenizer.VocabularySize, Context: 16, Layers: 2, Heads: 2, Width: 32), seed: 3);
        var end = tokenizer.SpecialId("<|endoftext|>");
        ModelFolder.Write(given.Path, model, new(end, end, end));
        return tokenizer;
    }
}
