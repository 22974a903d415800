using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.Data.Tokenizers;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Tokenizers;

/// <summary>Tokenizers of characters, as SentencePiece's models (Llama 2, Mistral) are written to tokenizer.json; and what Llama 3's has beside bytes.</summary>
public sealed class CharacterTokenizerTests : IDisposable
{
    private const char Space = '\u2581';

    private static readonly string[] Texts =
    [
        "Once upon a time, there was a tree.", " the  then ", "the", "", "tree\nthe\tthen\u2581", "漢字 the 😀\0é", "ththethethenn", "<s>the</s>", "naïve e e e",
        string.Concat(Enumerable.Repeat("the tree then ", 300)),
    ];

    private readonly TemporaryFolder folder = new();

    /// <summary>A vocabulary of letters and of merges that compete with one another.</summary>
    private string File(bool bytes = true, bool metaspace = false, string? normalizer = null, bool fuse = true)
    {
        var vocabulary = new JsonObject { ["<unk>"] = 0, ["<s>"] = 1, ["</s>"] = 2 };
        if (bytes)
        {
            for (var value = 0; value < 256; value++) vocabulary[string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>")] = vocabulary.Count;
        }

        foreach (var letter in $"{Space}abcdefghijklmnopqrstuvwxyzOT.,é漢") vocabulary[letter.ToString()] = vocabulary.Count;
        var merges = new JsonArray();
        foreach (var (left, right) in new[] { ($"{Space}", "t"), ("h", "e"), ("t", "h"), ($"{Space}t", "he"), ("th", "e"), ("r", "e"), ("e", $"{Space}"), ("re", "e"), ($"{Space}the", "n"), ($"{Space}", $"{Space}"), ("漢", $"{Space}") })
        {
            merges.Add($"{left} {right}");
            vocabulary.TryAdd(left + right, vocabulary.Count);
        }

        var json = new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray([.. new[] { "<unk>", "<s>", "</s>" }.Select((token, id) => (JsonNode)new JsonObject { ["id"] = id, ["content"] = token, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true })]),
            ["normalizer"] = metaspace ? null : JsonNode.Parse(normalizer ?? $$"""{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"{{Space}}"},{"type":"Replace","pattern":{"String":" "},"content":"{{Space}}"}]}"""),
            ["pre_tokenizer"] = metaspace ? JsonNode.Parse($$"""{"type":"Metaspace","replacement":"{{Space}}","prepend_scheme":"first","split":false}""") : null,
            ["post_processor"] = JsonNode.Parse("""{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"<s>":{"id":"<s>","ids":[1],"tokens":["<s>"]}}}"""),
            ["decoder"] = JsonNode.Parse($$"""{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"{{Space}}"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}"""),
            ["model"] = new JsonObject { ["type"] = "BPE", ["dropout"] = null, ["unk_token"] = "<unk>", ["continuing_subword_prefix"] = null, ["end_of_word_suffix"] = null, ["fuse_unk"] = fuse, ["byte_fallback"] = true, ["ignore_merges"] = false, ["vocab"] = vocabulary, ["merges"] = merges },
        };
        return folder.Write("tokenizer.json", json.ToJsonString());
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(true, true, true)]
    [InlineData(false, false, true)]
    [InlineData(false, false, false)]
    public void The_real_engine_gives_the_same_ids(bool bytes, bool metaspace, bool fuse)
    {
        var file = File(bytes, metaspace, fuse: fuse);
        // Text that spells a special token is one to the real engine and never to ours; without bytes it cannot spell the end of a line.
        HuggingFaceEngine.AssertAlike([.. Texts.Where(t => !t.Contains('<', StringComparison.Ordinal))], file);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void With_bytes_beside_them_every_text_comes_back(bool metaspace)
    {
        var tokenizer = new TextTokenizer(TokenizerReader.Read(File(metaspace: metaspace)));
        // Where a space is only put where there is none, one that begins the text cannot be told from it; and its symbol is a space.
        foreach (var text in Texts.Where(t => !metaspace || !t.StartsWith(' '))) Assert.Equal(text.Replace(Space, ' '), tokenizer.DecodeWhole(tokenizer.Encode(text)));
    }

    [Fact]
    public void What_is_written_after_a_text_keeps_its_space()
    {
        var model = TokenizerReader.Read(File());
        var tokenizer = new TextTokenizer(model);
        Assert.Equal(" then", tokenizer.Decode([model.Find($"{Space}then")!.Value]));
        Assert.Equal([1], model.Begins);
    }

    [Fact]
    public void Without_bytes_what_is_no_token_is_unknown_once_or_each()
    {
        Assert.Equal([0], new TextTokenizer(TokenizerReader.Read(File(bytes: false))).Encode("字😀").Skip(1));
        Assert.Equal([0, 0], new TextTokenizer(TokenizerReader.Read(File(bytes: false, fuse: false))).Encode("字😀").Skip(1));
    }

    [Theory]
    [InlineData("""{"type":"Nmt"}""")]
    [InlineData("""{"type":"Sequence","normalizers":[{"type":"Prepend"}]}""")]
    [InlineData("""{"type":"Replace","pattern":{"Regex":" +"},"content":"▁"}""")]
    [InlineData("""{"type":"Sequence","normalizers":7}""")]
    [InlineData("7")]
    public void Another_normalizer_is_refused(string normalizer) => Assert.Throws<InvalidDataException>(() => TokenizerReader.Read(File(normalizer: normalizer)));

    [Fact]
    public void A_template_without_the_text_is_refused()
    {
        var json = JsonNode.Parse(System.IO.File.ReadAllText(File()))!;
        json["post_processor"]!["single"] = new JsonArray();
        Assert.Contains("expected the text once", Assert.Throws<InvalidDataException>(() => TokenizerReader.Read(folder.Write("t.json", json.ToJsonString()))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_word_of_bytes_that_is_a_token_is_taken_whole_where_the_file_says_so()
    {
        TokenizerFile.Write(folder["a.json"], Corpus.SmallCl100k);
        var json = JsonNode.Parse(System.IO.File.ReadAllText(folder["a.json"]))!;
        var vocabulary = json["model"]!["vocab"]!.AsObject();
        // No merge makes it.
        vocabulary["Ġzqzq"] = vocabulary.Count;
        json["model"]!["ignore_merges"] = true;
        var file = folder.Write("b.json", json.ToJsonString());
        var tokenizer = new TextTokenizer(TokenizerReader.Read(file));
        const string text = "a zqzq, and the zqzqz";
        Assert.Contains(vocabulary.Count - 1, tokenizer.Encode(text));
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        HuggingFaceEngine.AssertAlike([text, Corpus.Text], file);
    }

    public void Dispose() => folder.Dispose();
}
