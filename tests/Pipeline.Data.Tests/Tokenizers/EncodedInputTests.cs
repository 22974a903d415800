using System.Text.Json.Nodes;
using Pipeline.Data.Tokenizers;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Tokenizers;

/// <summary>Templates, truncation, padding and added tokens, beside the real engine.</summary>
public sealed class EncodedInputTests : IDisposable
{
    private static readonly (string Text, string? Second)[] Texts =
        [("the question", null), ("to be or not to be, that is the question", null), ("to be", "that is the question whether it is nobler"), ("whether it is nobler in the mind to suffer", "or not"), ("", null), ("a a a a a a a", "b b b b b b b")];

    private readonly TemporaryFolder folder = new();
    private readonly WordPieceModel model = WordPieceTrainer.Train([Corpus.Text], new() { VocabularySize = 700, LimitAlphabet = 200 }).Model;

    [Theory]
    [InlineData(null, TruncationStrategy.LongestFirst, Side.Right, null, null, Side.Right)]
    [InlineData(8, TruncationStrategy.LongestFirst, Side.Right, null, null, Side.Right)]
    [InlineData(9, TruncationStrategy.LongestFirst, Side.Left, null, 4, Side.Left)]
    [InlineData(12, TruncationStrategy.OnlyFirst, Side.Right, 16, null, Side.Left)]
    public void The_real_engine_lays_out_the_same_inputs(int? most, TruncationStrategy strategy, Side cut, int? length, int? multiple, Side filled)
    {
        var pad = model.Find("[PAD]")!.Value;
        var file = Written(json =>
        {
            if (most is { } max) json["truncation"] = new JsonObject { ["direction"] = cut.ToString(), ["max_length"] = max, ["strategy"] = strategy.ToString(), ["stride"] = 0 };
            json["padding"] = new JsonObject { ["strategy"] = length is { } size ? new JsonObject { ["Fixed"] = size } : "BatchLongest", ["direction"] = filled.ToString(), ["pad_to_multiple_of"] = multiple, ["pad_id"] = pad, ["pad_type_id"] = 1, ["pad_token"] = "[PAD]" };
        });
        var read = TokenizerReader.Read(file);
        Assert.Equal(most is null ? null : new Truncation(most.Value, strategy, cut), read.Truncation);
        TokenizerFile.Write(folder["again.json"], read);
        // Texts that would have to be cut below nothing are refused by both.
        var some = Texts.Where(each => strategy != TruncationStrategy.OnlyFirst || each.Second is null || each.Second.Length < 20).ToList();
        // The package takes no pairs in a batch.
        var tokenizer = new TextTokenizer(read);
        var (single, pairs) = (some.Where(each => each.Second is null).ToList(), some.Where(each => each.Second is not null).ToList());
        List<EncodedInput> ours = [.. EncodedInput.Batch(tokenizer, single), .. pairs.Select(each => EncodedInput.Of(tokenizer, each.Text, each.Second))];
        var answers = HuggingFaceEngine.Run(
            new JsonObject { ["encode"] = folder["again.json"], ["special"] = true, ["batch"] = true, ["texts"] = HuggingFaceEngine.List(single.Select(each => each.Text)) },
            new JsonObject { ["encode"] = folder["again.json"], ["special"] = true, ["texts"] = new JsonArray([.. pairs.Select(each => (JsonNode)new JsonArray(each.Text, each.Second))]) });
        var theirs = new JsonArray([.. answers.SelectMany(answer => answer!.AsArray().Select(each => each!.DeepClone()))]);
        Assert.Equal(HuggingFaceEngine.Ids(theirs), ours.Select(each => string.Join(',', each.Ids)));
        Assert.Equal(HuggingFaceEngine.Ids(theirs, "types"), ours.Select(each => string.Join(',', each.TypeIds)));
        Assert.Equal(HuggingFaceEngine.Ids(theirs, "mask"), ours.Select(each => string.Join(',', each.AttentionMask)));
        Assert.Equal(HuggingFaceEngine.Ids(theirs, "special"), ours.Select(each => string.Join(',', each.SpecialTokensMask)));
    }

    [Fact]
    public void Options_come_before_what_the_file_says()
    {
        var tokenizer = new TextTokenizer(model);
        Assert.Equal(["[CLS]", "the", "[SEP]"], Tokens(EncodedInput.Of(tokenizer, "the")));
        Assert.Equal(["the"], Tokens(EncodedInput.Of(tokenizer, "the", options: new() { Template = false })));
        Assert.Equal(["[CLS]", "[SEP]"], Tokens(EncodedInput.Of(tokenizer, "the", options: new() { Truncation = new(2) })));
        Assert.Equal(["[PAD]", "[CLS]", "the", "[SEP]"], Tokens(EncodedInput.Of(tokenizer, "the", options: new() { Padding = new(0, "[PAD]", 4, Side: Side.Left) })));
        Assert.Contains("[SEP]", Tokens(EncodedInput.Of(tokenizer, "the [SEP] the", options: new() { Template = false, SpecialTokensInText = true })));
        Assert.Contains("no room", Assert.Throws<InvalidDataException>(() => EncodedInput.Of(tokenizer, "the", options: new() { Truncation = new(1) })).Message, StringComparison.Ordinal);
        Assert.Contains("there is none", Assert.Throws<InvalidDataException>(() => EncodedInput.Of(tokenizer, "the the the", options: new() { Truncation = new(4, TruncationStrategy.OnlySecond) })).Message, StringComparison.Ordinal);

        IEnumerable<string> Tokens(EncodedInput input) => input.Ids.Select(id => model.Tokens[id]);
    }

    [Fact]
    public void Added_tokens_are_found_as_the_real_engine_finds_them()
    {
        (string Content, bool Word, bool Left, bool Right, bool Normalized)[] added =
            [("the", true, false, false, true), ("QUEST", false, false, false, true), ("<x>", false, true, true, false), ("<x>y", false, false, false, false), ("ß", false, false, true, false), ("to be", false, true, false, false)];
        string[] texts = ["the then lathe the", "The THE tHe.", "a <x> b", "a  <x>  <x> b<x>", "<x>y<x>", "question", "aß  b", " to be or to  be", "to beto be", "", "<x>", "  ", "éthe the"];
        foreach (var base_ in new TokenizerModel[] { model, Corpus.Small })
        {
            TokenizerFile.Write(folder["a.json"], base_);
            var json = JsonNode.Parse(File.ReadAllText(folder["a.json"]))!;
            var next = base_.VocabularySize;
            foreach (var (content, word, left, right, normalized) in added)
                json["added_tokens"]!.AsArray().Add(new JsonObject { ["id"] = base_.Find(content) ?? next++, ["content"] = content, ["single_word"] = word, ["lstrip"] = left, ["rstrip"] = right, ["normalized"] = normalized, ["special"] = false });
            var file = folder.Write("b.json", json.ToJsonString());
            var read = new TextTokenizer(TokenizerReader.Read(file));
            var theirs = HuggingFaceEngine.Run(HuggingFaceEngine.Encode(file, texts))[0]!;
            Assert.Equal(texts.Zip(HuggingFaceEngine.Ids(theirs)), texts.Zip(texts.Select(text => string.Join(',', read.Encode(text)))));
            TokenizerFile.Write(folder["c.json"], read.Model);
            Assert.Equal(read.Model.Added.OrderBy(token => token.Content, StringComparer.Ordinal), TokenizerReader.Read(folder["c.json"]).Added.OrderBy(token => token.Content, StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData("""{"type":"BertProcessing","sep":["[SEP]",3],"cls":["[CLS]",2]}""")]
    [InlineData("""{"type":"RobertaProcessing","sep":["[SEP]",3],"cls":["[CLS]",2],"trim_offsets":true,"add_prefix_space":false}""")]
    public void Older_post_processors_are_templates(string processor)
    {
        var file = Written(json => json["post_processor"] = JsonNode.Parse(processor));
        var ours = new TextTokenizer(TokenizerReader.Read(file));
        var job = new JsonObject { ["encode"] = file, ["special"] = true, ["texts"] = new JsonArray("to be", new JsonArray("to be", "or not")) };
        var theirs = HuggingFaceEngine.Run(job)[0]!;
        Assert.Equal(HuggingFaceEngine.Ids(theirs), new[] { EncodedInput.Of(ours, "to be"), EncodedInput.Of(ours, "to be", "or not") }.Select(input => string.Join(',', input.Ids)));
    }

    public void Dispose() => folder.Dispose();

    private string Written(Action<JsonNode> edit)
    {
        TokenizerFile.Write(folder["tokenizer.json"], model);
        var json = JsonNode.Parse(File.ReadAllText(folder["tokenizer.json"]))!;
        edit(json);
        return folder.Write("tokenizer.json", json.ToJsonString());
    }
}
