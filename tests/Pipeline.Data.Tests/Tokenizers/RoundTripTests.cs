using System.Text;
using CsCheck;
using Pipeline.Data.Documents;
using Pipeline.Data.Tokenizers;
using Pipeline.Data.Tokenizers.Normalizing;
using Pipeline.Data.Tokenizers.Splitting;

namespace Pipeline.Data.Tests.Tokenizers;

/// <summary>Any text comes back where tokens are bytes or what is unknown is spelled in bytes: astral letters, combining marks, NUL, lone surrogates (as U+FFFD).</summary>
public class RoundTripTests
{
    // U+2581 is a space to tokenizers that write spaces so.
    private static readonly Gen<string> AnyText = Gen.OneOf(
        Gen.Char.Array[0, 40].Select(symbols => new string(symbols)),
        Gen.Int[0, 0x10FFFF].Where(value => value is < 0xD800 or > 0xDFFF).Select(char.ConvertFromUtf32).Array[0, 20].Select(string.Concat),
        Pieces.Of(" ", "  ", "\n", "e\u0301", "\u0301", "𠮷", "👩‍👩‍👧", "\uD800", "\uDC00", "\0", "\uFFFD", "\uFFFF", "the", " the", "don't", "<0x41>", "<unk>", "<|end|>", "\r\n").Select(string.Concat)).Select(text => text.Replace('▁', ' '));

    public static TheoryData<string, TokenizerModel> Exact() => new()
    {
        { "gpt2", Corpus.Small },
        { "cl100k", Corpus.SmallCl100k },
        { "o200k", BpeTrainer.Train([Corpus.Text], new() { VocabularySize = 600, Pattern = SplitPattern.O200k }).Model },
        { "unigram", UnigramTrainer.Train([Corpus.Text], new() { VocabularySize = 600 }).Model },
        { "characters with bytes", WithBytes() },
        { "unigram without prefix", UnigramTrainer.Train([Corpus.Text], new() { VocabularySize = 600, PrefixSpace = false }).Model },
    };

    [Theory]
    [MemberData(nameof(Exact), DisableDiscoveryEnumeration = true)]
    public void Text_comes_back(string name, TokenizerModel model)
    {
        var tokenizer = new TextTokenizer(model);
        AnyText.Sample(text => Assert.Equal((name, WellFormedText.Of(text)), (name, tokenizer.DecodeWhole(tokenizer.Encode(text)))), iter: 2000, threads: 1);
    }

    /// <summary>In the manner of Llama 2: one word a text, merges of characters, bytes for the rest.</summary>
    private static BpeModel WithBytes()
    {
        List<string> tokens = ["<unk>", .. Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>"), "▁", "t", "h", "e", "th", "▁t", "▁the", "he", "𠮷", "\u0301", "e\u0301"];
        BpeMerge Merge(string left, string right) => new(tokens.IndexOf(left), tokens.IndexOf(right), tokens.IndexOf(left + right));
        return new(tokens, AddedToken.Specials(["<unk>"]), [Merge("h", "e"), Merge("▁", "t"), Merge("t", "h"), Merge("▁t", "he"), Merge("e", "\u0301")])
        {
            Unknown = 0,
            ByteFallback = true,
            FusesUnknown = true,
            Normalizers = [new Prepend("▁"), new Replace(" ", "▁")],
            Decoder = new SpaceSymbolDecoder(FirstSpace.Dropped, Bytes: true),
        };
    }

    [Fact]
    public void Words_of_letters_that_are_known_come_back_and_each_that_is_not_is_one_unknown_token()
    {
        string[] letters = ["a", "B", "é", "e\u0301", "\u0303", "𐐷", "न्न", "한", "ﬁ"];
        var known = string.Join(' ', letters) + " " + string.Concat([.. letters, .. letters]);
        var pieces = new TextTokenizer(WordPieceTrainer.Train([known], new() { VocabularySize = 200, Lowercase = false }).Model);
        var characters = new TextTokenizer(WordTrainer.Train([known], new() { Characters = true }).Model);
        var letter = Gen.Int[0, letters.Length - 1].Select(i => letters[i]);
        letter.Array[1, 8].Select(string.Concat).Array[1, 8].Sample(drawn =>
        {
            var text = string.Join(' ', drawn);
            Assert.Equal(text, pieces.DecodeWhole(pieces.Encode(text)));
            Assert.Equal(text, characters.DecodeWhole(characters.Encode(text)));
            var words = new TextTokenizer(WordTrainer.Train([text], new()).Model);
            Assert.Equal(text, words.DecodeWhole(words.Encode(text)));
        }, iter: 300, threads: 1);

        AnyText.Sample(text =>
        {
            var ids = characters.Encode(text);
            Assert.Equal(WellFormedText.Of(text).EnumerateRunes().Select(rune => characters.Model.Find(rune.ToString()) ?? characters.Model.Unknown!.Value), ids);
            Assert.All(pieces.Encode(text), id => Assert.InRange(id, 0, pieces.Model.VocabularySize - 1));
        }, iter: 1000, threads: 1);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_replaced_where_they_stand_and_only_there()
    {
        foreach (var model in (TokenizerModel[])[Corpus.Small, WithBytes()])
        {
            var tokenizer = new TextTokenizer(model);
            int Byte(byte value) => model.Find(model is BpeModel { ByteLevel: true } ? ByteAlphabet.SymbolOf(value).ToString() : $"<0x{value:X2}>")!.Value;
            var the = tokenizer.Encode("the");
            // The first half of a letter, a byte that none begins with, an overlong one, half a surrogate pair.
            foreach (var wrong in (byte[][])[[0xF0, 0x90], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80]])
                Assert.Equal("the" + Encoding.UTF8.GetString(wrong), tokenizer.DecodeWhole([.. the, .. wrong.Select(Byte)]));
            Assert.Equal("the𐐷", tokenizer.DecodeWhole([.. the, .. Encoding.UTF8.GetBytes("𐐷").Select(Byte)]));
        }
    }

    [Fact]
    public void The_rest_of_text_that_goes_on_comes_back_token_by_token()
    {
        var tokenizer = new TextTokenizer(UnigramTrainer.Train([Corpus.Text], new() { VocabularySize = 600 }).Model);
        var ids = tokenizer.Encode("the question");
        Assert.Equal(" the question", string.Concat(ids.Select(id => tokenizer.Decode([id]))));
        Assert.Equal("the question", tokenizer.DecodeWhole(ids));
    }

    [Fact]
    public void Word_pieces_and_words_come_back_with_their_spaces_as_they_are_usual()
    {
        var pieces = new TextTokenizer(WordPieceTrainer.Train([Corpus.Text], new() { VocabularySize = 700, LimitAlphabet = 200 }).Model);
        Assert.Equal("the question, the end.", pieces.DecodeWhole(pieces.Encode("The  question , the end .")));
        var words = new TextTokenizer(WordTrainer.Train(["the question , the end"], new()).Model);
        Assert.Equal("the end , the question", words.DecodeWhole(words.Encode("the end, the  question")));
        Assert.Equal(words.Model.Unknown, Assert.Single(words.Encode("answer")));
    }

    [Fact]
    public void No_kind_of_tokenizer_makes_a_special_token_of_text()
    {
        TokenizerModel[] models = [Corpus.Small, UnigramTrainer.Train([Corpus.Text], new() { VocabularySize = 600 }).Model, WordPieceTrainer.Train([Corpus.Text], new() { VocabularySize = 700, LimitAlphabet = 200 }).Model, WordTrainer.Train(["<|end|> x"], new()).Model];
        foreach (var model in models)
        {
            var special = model.SpecialTokens.Where(token => token is not ("[UNK]" or "<unk>")).Select(token => model.Find(token)!.Value).ToHashSet();
            foreach (var token in model.SpecialTokens) Assert.DoesNotContain(new TextTokenizer(model).Encode($"a {token} {token}b"), special.Contains);
            Assert.Contains(model.Find("<|end|>")!.Value, new TextTokenizer(model).Encode("a <|end|>", specialTokens: true));
        }
    }
}
