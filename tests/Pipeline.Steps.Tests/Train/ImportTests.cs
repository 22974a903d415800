using System.Text;
using System.Text.Json.Nodes;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;
using Pipeline.Steps.Exporting;
using Pipeline.Steps.Train;
using Pipeline.TestKit;
using Pipeline.Training.Exporting;
using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Steps.Tests.Train;

[Collection(OneModelAtATime.Name)]
public sealed class ImportTests : IDisposable
{
    private const string Text = "to be or not to be, that is the question whether it is nobler in the mind to suffer";

    private readonly TemporaryFolder given = new();
    private readonly TemporaryFolder other = new();

    [Theory]
    [InlineData("gpt", "float32")]
    [InlineData("gpt", "bfloat16")]
    [InlineData("llama", "float32")]
    [InlineData("llama", "bfloat16")]
    public async Task What_was_exported_is_imported_with_the_same_logits(string family, string dtype)
    {
        var vocabulary = Tokenizer(given, 264).VocabularySize;
        ModelConfig config = family == "gpt" ? new GptConfig(vocabulary, 16, 2, 2, 32) { Dropout = 0.1 } : new LlamaConfig(vocabulary, 16, 2, 4, 32) { KeyValueHeads = 2 };
        using var model = LanguageModel.Initialise(config, seed: 3);
        ModelFolder.Write(given.Path, model, new(0, 0, 0));
        using var exported = await new StepRun(new ExportHuggingFace()).Given("model", given.Path).RunAsync($$"""{ "dtype": "{{dtype}}" }""");
        using var run = await Import(exported["export"]).RunAsync("""{ "folder": "somewhere" }""");
        using var again = ModelFolder.Read(run["model"]);

        Assert.Equal(config, again.Config);
        Assert.Equal(File.ReadAllBytes(given["tokenizer.json"]), File.ReadAllBytes(Path.Combine(run["tokenizer"], "tokenizer.json")));
        var difference = (Logits(model) - Logits(again)).abs().max().item<float>();
        Assert.InRange(difference, dtype == "float32" ? 0 : 1e-6, dtype == "float32" ? 0 : 0.05);
        Assert.Equal(model.Config.ParameterCount, run.Context!.Metrics["parameters"]);
    }

    [Fact]
    public async Task A_bert_is_imported_with_the_vocabulary_that_it_was_published_with()
    {
        string[] tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "to", "be", "or", "not", "that", "is", "the", "question", "##s", ",", "."];
        given.Write("vocab.txt", string.Join('\n', tokens) + "\n");
        given.Write("tokenizer_config.json", """{ "do_lower_case": true, "tokenizer_class": "BertTokenizer", "model_max_length": 16 }""");
        using var model = LanguageModel.Initialise(new BertConfig(tokens.Length, 16, 2, 2, 32), seed: 3);
        ModelFolder.Write(given.Path, model, new(null, null, 0));
        using var run = await Import(given.Path).RunAsync("""{ "folder": "somewhere" }""");
        using var again = ModelFolder.Read(run["model"]);

        Assert.Equal(model.Config, again.Config);
        Assert.Equal(0, (Logits(model) - Logits(again)).abs().max().item<float>());
        foreach (var output in (string[])["model", "tokenizer"])
        {
            var tokenizer = new TextTokenizer(TokenizerReader.Read(Path.Combine(run[output], "tokenizer.json")));
            Assert.Equal("[CLS] to be or not to be , that is the question ##s [UNK] . [SEP]", string.Join(' ', EncodedInput.Of(tokenizer, "To be or not to be, THAT is the questions no.").Ids.Select(id => tokens[id])));
        }
    }

    [Fact]
    public async Task A_llama_is_imported_with_its_model_of_sentencepiece()
    {
        (string Text, int Kind)[] pieces = [("<unk>", 2), ("<s>", 3), ("</s>", 3), ("▁", 1), ("a", 1), ("b", 1), ("ab", 1), ("▁ab", 1)];
        File.WriteAllBytes(given["tokenizer.model"], [.. pieces.Select((piece, id) => Field([.. Field(Encoding.UTF8.GetBytes(piece.Text)), 0x15, .. BitConverter.GetBytes((float)-id), 0x18, (byte)piece.Kind])).SelectMany(piece => piece), 0x12, 2, 0x18, 2]);
        using var model = LanguageModel.Initialise(new LlamaConfig(pieces.Length, 16, 1, 2, 16), seed: 3);
        ModelFolder.Write(given.Path, model, new(1, 2, null));
        using var run = await Import(given.Path).RunAsync("""{ "folder": "somewhere" }""");
        var tokenizer = new TextTokenizer(TokenizerReader.Read(Path.Combine(run["model"], "tokenizer.json")));
        Assert.Equal("<s> ▁ab ▁ab b", string.Join(' ', EncodedInput.Of(tokenizer, "ab abb").Ids.Select(id => pieces[id].Text)));

        // The first field of a message: how long it is, and it.
        static byte[] Field(byte[] content) => [0x0A, (byte)content.Length, .. content];
    }

    [Fact]
    public async Task Weights_that_are_no_numbers_are_refused_by_the_name_of_their_tensor()
    {
        var vocabulary = Tokenizer(given, 264).VocabularySize;
        using var model = LanguageModel.Initialise(new GptConfig(vocabulary, 16, 1, 2, 16), seed: 3);
        using (no_grad()) model.Parameters["transformer.h.0.mlp.c_fc.weight"].view(-1)[5] = float.NaN;
        ModelFolder.Write(given.Path, model, new(0, 0, 0));
        var refused = await Assert.ThrowsAsync<StepFailedException>(() => Import(given.Path).RunAsync("""{ "folder": "somewhere" }"""));
        Assert.StartsWith("somewhere: the tensor that holds 'transformer.h.0.mlp.c_fc.weight' has values that are no finite numbers", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vocabulary_is_resized_to_another_tokenizer_token_by_token()
    {
        var known = Tokenizer(given, 300);
        using var model = LanguageModel.Initialise(new LlamaConfig(known.VocabularySize, 16, 1, 2, 16) { Tied = false }, seed: 3);
        ModelFolder.Write(given.Path, model, new(0, 0, 0));
        var wanted = Tokenizer(other, 280, "other words than those, and more of them, other words");
        using var run = await Import(given.Path).Given("tokenizer", other.Path).RunAsync("""{ "folder": "somewhere" }""");
        using var noisy = await Import(given.Path).Given("tokenizer", other.Path).RunAsync("""{ "folder": "somewhere", "resize": { "rows": "noise", "seed": 4 } }""");
        using var again = ModelFolder.Read(run["model"]);
        using var drawn = ModelFolder.Read(noisy["model"]);

        Assert.Equal(wanted.VocabularySize, again.Config.Vocabulary);
        var added = wanted.Tokens.Count(token => known.Find(token) is null);
        Assert.InRange(added, 1, wanted.VocabularySize - 256);
        Assert.Equal(added, run.Context!.Metrics["vocabulary.new"]);
        foreach (var name in new[] { "model.embed_tokens.weight", "lm_head.weight" })
        {
            var (before, after, noise) = (model.Parameters[name], again.Parameters[name], drawn.Parameters[name]);
            var mean = before.narrow(0, 0, known.VocabularySize).to_type(ScalarType.Float64).mean([0]).to_type(ScalarType.Float32);
            for (var id = 0; id < wanted.VocabularySize; id++)
            {
                var old = known.Find(wanted.Tokens[id]);
                Assert.True(after[id].equal(old is { } row ? before[row] : mean).all().item<bool>());
                Assert.Equal(old is not null, noise[id].equal(after[id]).all().item<bool>());
            }

            Assert.Equal(0, after.narrow(0, wanted.VocabularySize, again.Config.PaddedVocabulary - wanted.VocabularySize).abs().sum().item<float>());
        }
    }

    [Fact]
    public async Task More_tokens_than_rows_need_a_resize()
    {
        var tokenizer = Tokenizer(given, 300);
        using var model = LanguageModel.Initialise(new GptConfig(290, 16, 1, 2, 16), seed: 3);
        ModelFolder.Write(given.Path, model, new(0, 0, 0));
        var refused = await Assert.ThrowsAsync<StepFailedException>(() => Import(given.Path).RunAsync("""{ "folder": "somewhere" }"""));
        Assert.Contains($"The tokenizer has {tokenizer.VocabularySize} tokens and the model 290: give the rest rows of their own with resize: {{ rows: mean }}.", refused.Message, StringComparison.Ordinal);
        using var run = await Import(given.Path).RunAsync("""{ "folder": "somewhere", "resize": {} }""");
        Assert.Equal(tokenizer.VocabularySize, run.Context!.Metrics["vocabulary"]);
    }

    [Fact]
    public async Task What_cannot_be_read_is_said_with_the_folder_as_it_was_named()
    {
        given.Write("config.json", """{ "model_type": "gpt2", "n_embd": 4 }""");
        Assert.Equal("my/model has none of tokenizer.json, tokenizer.model, spiece.model, vocab.txt, without which its tokens have no text. Save the model's fast tokenizer beside it (in Python: AutoTokenizer.from_pretrained(…).save_pretrained(…)).", (await Refused()).Message);
        given.Write("tokenizer.json", """{ "model": { "type": "Markov" } }""");
        Assert.StartsWith("my/model/tokenizer.json: model.type is 'Markov'; expected BPE, WordPiece, Unigram or WordLevel", (await Refused()).Message, StringComparison.Ordinal);
        Tokenizer(given, 264);
        Assert.StartsWith("my/model/config.json: this is no GPT-2 that can be computed here: vocab_size is missing", (await Refused()).Message, StringComparison.Ordinal);

        Task<StepFailedException> Refused() => Assert.ThrowsAsync<StepFailedException>(() => Import(given.Path).RunAsync("""{ "folder": "my/model/" }"""));
    }

    [Fact]
    public void A_folder_without_a_model_is_found_by_who_asks_for_files()
    {
        given.Write("m/config.json", "{}");
        given.Write("m/pytorch_model.bin", "");
        var problem = Assert.Single(DefinitionReader.ReadText("name: p\nsteps:\n  a: { uses: train.import, with: { folder: m } }\n", given["p.yaml"], BuiltInSteps.Catalog(), new ReadOptions { LooksForFiles = true }).Problems);
        Assert.Equal((3, 44), (problem.At.Line, problem.At.Column));
        Assert.StartsWith("'folder' of train.import: 'm/*.safetensors' matches no file that can be read: weights are read from safetensors files alone", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_mean_nothing_are_refused()
    {
        using var run = new StepRun(new Import());
        Assert.Equal(["folder: is empty: name the folder of a model"], run.Problems("""{ "folder": "" }"""));
        Assert.Equal(["resize.seed: is not read by rows: mean; leave it out, or choose noise"], run.Problems("""{ "folder": "a", "resize": { "seed": 3 } }"""));
        Assert.Equal(["a/*.json", "a/*.safetensors", "a/tokenizer.model", "a/spiece.model", "a/vocab.txt"], new Import().SourcesOf(JsonNode.Parse("""{ "folder": "a/" }""")!.AsObject()).Select(pattern => pattern.Pattern));
    }

    public void Dispose()
    {
        given.Dispose();
        other.Dispose();
    }

    private static StepRun Import(string folder) => new(new Import()) { Sources = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(path => new SourceFile("somewhere/" + Path.GetFileName(path), path, new FileInfo(path).Length, ""))] };

    private static Tensor Logits(LanguageModel model) => model.Logits(arange(16, ScalarType.Int64).view(1, -1)).narrow(2, 0, model.Config.Vocabulary);

    private static BpeModel Tokenizer(TemporaryFolder folder, int size, string text = Text)
    {
        var tokenizer = BpeTrainer.Train([text], new BpeTraining { VocabularySize = size }, 1, TestContext.Current.CancellationToken).Model;
        TokenizerFile.Write(folder["tokenizer.json"], tokenizer);
        return tokenizer;
    }
}
