using System.Text;
using System.Text.Json.Nodes;
using Pipeline.Data.Tokenizers;
using Pipeline.Data.Tokenizers.Checkpoints;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Tokenizers;

/// <summary>The vocabulary of BERT as it was published, with what is said beside it.</summary>
public sealed class CheckpointTests : IDisposable
{
    private const string Config = "tokenizer_config.json";
    private static readonly string[] Small = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##want", "##ed", "runn", "##ing", ",", "Zoe", "zoe", "漢", "##字", "字"];

    private readonly TemporaryFolder folder = new();

    [Fact]
    public void A_vocabulary_of_bert_without_more_is_that_of_an_uncased_one()
    {
        Vocabulary(Small);
        var tokenizer = new TextTokenizer(CheckpointTokenizer.Read(folder.Path)!);
        Assert.Equal("un ##want ##ed , runn ##ing", Pieces(tokenizer, "UNwant\u00E9d,running"));
        Assert.Equal("zoe 漢 字 [UNK]", Pieces(tokenizer, "Zoë漢字 other"));
        var input = EncodedInput.Of(tokenizer, "zoe", ",");
        Assert.Equal(["[CLS]", "zoe", "[SEP]", ",", "[SEP]"], input.Ids.Select(id => Small[id]));
        Assert.Equal([0, 0, 0, 1, 1], input.TypeIds);
        Assert.Equal("unwanted, zoe", tokenizer.DecodeWhole(tokenizer.Encode("unwanted , zoe")));
        // Text that spells a special token does not become it.
        Assert.DoesNotContain(tokenizer.Model.Find("[MASK]")!.Value, tokenizer.Encode("[MASK]"));
    }

    [Theory]
    [InlineData("""{ "do_lower_case": false, "tokenizer_class": "BertTokenizerFast" }""", "[UNK] 漢 字 Zoe")]
    [InlineData("""{ "do_lower_case": true, "strip_accents": false }""", "[UNK] 漢 字 zoe")]
    [InlineData("""{ "do_lower_case": false, "strip_accents": true, "tokenize_chinese_chars": false }""", "Zoe 漢 ##字 Zoe")]
    public void Its_settings_are_those_of_the_file_beside_it(string config, string expected)
    {
        Vocabulary(Small);
        folder.Write(Config, config);
        Assert.Equal(expected, Pieces(new(CheckpointTokenizer.Read(folder.Path)!), "Zoë 漢字 Zoe"));
    }

    [Theory]
    [InlineData("""{ "tokenizer_class": "BertJapaneseTokenizer" }""", "tokenizer_class is BertJapaneseTokenizer; with a vocab.txt only BertTokenizer is read")]
    [InlineData("""{ "do_basic_tokenize": false }""", "'do_basic_tokenize' is false, which is not supported: it would change the ids")]
    [InlineData("""{ "never_split": ["x"] }""", "'never_split' is [\"x\"], which is not supported")]
    [InlineData("""{ "do_lower_case": "yes" }""", "'do_lower_case' is \"yes\"; expected true or false")]
    [InlineData("""{ "unk_token": "<unk>" }""", "unk_token is '<unk>', which the vocabulary lacks")]
    [InlineData("""{ "added_tokens_decoder": { "18": { "content": "[NEW]" } } }""", "'[NEW]' has the id 18, but the vocabulary ends at 15")]
    [InlineData("""{ "added_tokens_decoder": { "3": { "content": "[NEW]" } } }""", "The id 3 belongs to two tokens, '[SEP]' of the vocabulary and the added '[NEW]'")]
    [InlineData("""{ "added_tokens_decoder": { "x": { "content": "[NEW]" } } }""", "added_tokens_decoder has 'x'; expected ids")]
    [InlineData("""[]""", "tokenizer_config.json is []; expected an object")]
    [InlineData("""{""", "vocab.txt with tokenizer_config.json: ")]
    public void What_would_be_tokenized_otherwise_is_refused(string config, string expected)
    {
        Vocabulary(Small);
        folder.Write(Config, config);
        Assert.Contains(expected, Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_that_were_added_lie_behind_the_vocabulary()
    {
        Vocabulary(Small);
        folder.Write(Config, """{ "added_tokens_decoder": { "16": { "content": "<|end|>", "special": true }, "17": { "content": "wordy", "single_word": true } }, "unk_token": { "content": "[UNK]" } }""");
        var tokenizer = new TextTokenizer(CheckpointTokenizer.Read(folder.Path)!);
        Assert.Equal((18, 16), (tokenizer.Model.VocabularySize, tokenizer.Model.SpecialId("<|end|>")));
        Assert.Equal("zoe wordy", Pieces(tokenizer, "zoe wordy"));
        folder.Write(Config, "{}");
        folder.Write("added_tokens.json", """{ "wordy": 17, "[X]": 16 }""");
        Assert.Equal("[X] wordy", Pieces(new(CheckpointTokenizer.Read(folder.Path)!), "[X] wordy"));
    }

    [Fact]
    public void A_vocabulary_that_is_none_is_refused_in_words()
    {
        Vocabulary([.. Small, "un"]);
        Assert.Contains("The token 'un' has two ids, 5 and 16", Refused(), StringComparison.Ordinal);
        Vocabulary("a", "b");
        Assert.Contains("unk_token is '[UNK]', which the vocabulary lacks", Refused(), StringComparison.Ordinal);
        File.WriteAllBytes(folder["vocab.txt"], [(byte)'a', (byte)'\n', 0xFF, (byte)'\n']);
        Assert.Contains("The vocabulary is no UTF-8", Refused(), StringComparison.Ordinal);
        using (var large = File.Create(folder["vocab.txt"])) large.SetLength((64 << 20) + 1);
        Assert.Contains("67,108,865 bytes; a vocab.txt has at most 67,108,864", Refused(), StringComparison.Ordinal);
        File.Delete(folder["vocab.txt"]);
        Assert.Null(CheckpointTokenizer.Read(folder.Path));
    }

    [Fact]
    public void It_gives_the_ids_of_the_real_engine_and_so_does_what_is_written_of_it()
    {
        var trained = WordPieceTrainer.Train([Corpus.Text], new() { VocabularySize = 700, LimitAlphabet = 200, Lowercase = false, SpecialTokens = [.. Small[..5]] }).Model;
        Vocabulary([.. trained.Tokens]);
        string[] texts = ["The question is, whether it’s nobler: Zoë, ÀÉ e\u0301 漢字 𠮷 İstanbul\t\u00A0x", Corpus.Text, "", " "];
        foreach (var (lowers, strips, separates) in ((bool, bool?, bool)[])[(true, null, true), (false, null, true), (true, false, false), (false, true, true)])
        {
            folder.Write(Config, new JsonObject { ["do_lower_case"] = lowers, ["strip_accents"] = strips, ["tokenize_chinese_chars"] = separates }.ToJsonString());
            var options = new JsonObject { ["cleanText"] = true, ["handleChineseChars"] = separates, ["lowercase"] = lowers };
            if (strips is { } set) options["stripAccents"] = set;
            var model = CheckpointTokenizer.Read(folder.Path)!;
            TokenizerFile.Write(folder["written.json"], model);
            var answers = HuggingFaceEngine.Run(new JsonObject { ["bert"] = folder["vocab.txt"], ["options"] = options, ["texts"] = HuggingFaceEngine.List(texts) }, HuggingFaceEngine.Encode(folder["written.json"], texts, special: true));
            var ours = texts.Select(text => string.Join(',', EncodedInput.Of(new(model), text).Ids)).ToList();
            Assert.Equal(HuggingFaceEngine.Ids(answers[0]!), ours);
            Assert.Equal(HuggingFaceEngine.Ids(answers[1]!), ours);
        }
    }

    public void Dispose() => folder.Dispose();

    private void Vocabulary(params IEnumerable<string> tokens) => File.WriteAllText(folder["vocab.txt"], string.Join('\n', tokens) + "\n", new UTF8Encoding(false));

    private string Refused() => Assert.Throws<InvalidDataException>(() => CheckpointTokenizer.Read(folder.Path)).Message;

    private static string Pieces(TextTokenizer tokenizer, string text) => string.Join(' ', tokenizer.Encode(text).Select(id => tokenizer.Model.Tokens[id]));
}
