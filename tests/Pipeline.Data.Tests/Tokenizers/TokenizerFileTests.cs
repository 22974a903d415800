using System.Text.Json.Nodes;
using Pipeline.Data.Tokenizers;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Tokenizers;

public class TokenizerFileTests
{
    [Fact]
    public void A_tokenizer_comes_back_as_it_was_written_and_writes_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        foreach (var model in (BpeModel[])[Corpus.Small, Corpus.SmallCl100k])
        {
            TokenizerFile.Write(folder["a.json"], model);
            var back = (BpeModel)TokenizerReader.Read(folder["a.json"]);
            TokenizerFile.Write(folder["b.json"], back);
            Assert.Equal(model.Splitters, back.Splitters);
            Assert.Equal(model.Tokens, back.Tokens);
            Assert.Equal(model.Merges, back.Merges);
            Assert.Equal(model.SpecialTokens, back.SpecialTokens);
            Assert.Equal(File.ReadAllBytes(folder["a.json"]), File.ReadAllBytes(folder["b.json"]));
            Assert.Equal(["a.json", "b.json"], Directory.GetFiles(folder.Path).Select(p => Path.GetFileName(p)!).Order());
        }
    }

    [Fact]
    public void Merges_as_pairs_read_as_well()
    {
        var back = Edited(json => json["model"]!["merges"] = new JsonArray([.. json["model"]!["merges"]!.AsArray().Select(m => (JsonNode)new JsonArray([.. ((string)m!).Split(' ').Select(t => (JsonNode)t)]))]));
        Assert.Equal(Corpus.Small.Merges, back.Merges);
    }

    public static TheoryData<string, string, string> Broken => new()
    {
        { "model", "null", "'model' is null; expected object" },
        { "model/type", "\"WordPiece\"", "ByteLevel before a WordPiece model" },
        { "model/type", "\"Markov\"", "expected BPE, WordPiece, Unigram or WordLevel" },
        { "model/vocab/!", "99999", "without a gap" },
        { "model/vocab/!", "5", "belongs to two tokens" },
        { "model/vocab/!", "-1", "expected 0 to" },
        { "model/vocab/!", "1.5", "expected 0 to" },
        { "model/merges/0", "\"nothing here\"", "needs the token 'nothing'" },
        { "model/merges/0", "\"one\"", "expected two tokens" },
        { "model/merges/1", "null", "expected two tokens" },
        { "model/dropout", "0.1", "'dropout' is 0.1, which is not supported" },
        { "model/byte_fallback", "true", "not supported" },
        { "normalizer", "{\"type\":\"Nmt\"}", "not supported: it would change the ids" },
        { "pre_tokenizer", "{\"type\":\"UnicodeScripts\"}", "other ways to cut words" },
        { "pre_tokenizer/add_prefix_space", "true", "other ways to cut words" },
        { "added_tokens/0/id", "7", "belongs to two tokens" },
        { "added_tokens/0/lstrip", "1", "'lstrip' is 1" },
        { "added_tokens/1/content", "\"<|endoftext|>\"", "belongs to two tokens" },
        { "truncation", "{\"max_length\":-1,\"strategy\":\"LongestFirst\"}", "'max_length' is -1" },
        { "padding", "{\"strategy\":\"All\",\"pad_id\":0,\"pad_token\":\"x\"}", "padding.strategy is" },
        { "decoder", "{\"type\":\"CTC\"}", "would change the text" },
        { "post_processor", "{\"type\":\"BertProcessing\",\"sep\":[\"a\",1],\"cls\":[\"b\",99999]}", "'cls' is" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void What_it_would_not_tokenize_alike_is_refused(string place, string value, string expected) => Assert.Contains(expected, Refused(json =>
    {
        var steps = place.Split('/');
        var node = steps.SkipLast(1).Aggregate(json, (n, step) => int.TryParse(step, out var index) ? n[index]! : n[step]!);
        if (int.TryParse(steps[^1], out var at)) node[at] = JsonNode.Parse(value);
        else node[steps[^1]] = JsonNode.Parse(value);
    }));

    [Fact]
    public void A_missing_byte_is_refused() => Assert.Contains("without a gap", Refused(json => json["model"]!["vocab"]!.AsObject().Remove("!")));

    [Fact]
    public void A_merge_listed_twice_is_refused() => Assert.Contains("is there twice", Refused(json => json["model"]!["merges"]!.AsArray().Add(json["model"]!["merges"]![0]!.DeepClone())));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"model\": {\"type\": \"\\ud800\"}, \"pre_tokenizer\": {\"type\": \"\\ud800\"}}")]
    [InlineData("{\"model\":")]
    [InlineData("\u0000\u0001")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public void What_is_no_tokenizer_is_refused_by_name(string content)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("tokenizer.json", content);
        Assert.StartsWith(path + ": ", Assert.Throws<InvalidDataException>(() => TokenizerReader.Read(path)).Message);
    }

    private static string Refused(Action<JsonNode> edit) => Assert.Throws<InvalidDataException>(() => Edited(edit)).Message;

    private static BpeModel Edited(Action<JsonNode> edit)
    {
        using var folder = new TemporaryFolder();
        TokenizerFile.Write(folder["tokenizer.json"], Corpus.Small);
        var json = JsonNode.Parse(File.ReadAllText(folder["tokenizer.json"]))!;
        edit(json);
        return (BpeModel)TokenizerReader.Read(folder.Write("tokenizer.json", json.ToJsonString()));
    }
}
