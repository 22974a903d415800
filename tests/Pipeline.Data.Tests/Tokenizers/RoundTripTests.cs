using CsCheck;
using Pipeline.Data.Documents;
using Pipeline.Data.Tokenizers;
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
        { "unigram without prefix", UnigramTrainer.Train([Corpus.Text], new() { VocabularySize = 600, PrefixSpace = false }).Model },
    };

    [Theory]
    [MemberData(nameof(Exact), DisableDiscoveryEnumeration = true)]
    public void Text_comes_back(string name, TokenizerModel model)
    {
        var tokenizer = new TextTokenizer(model);
        AnyText.Sample(text => Assert.Equal((name, WellFormedText.Of(text)), (name, tokenizer.DecodeWhole(tokenizer.Encode(text)))), iter: 2000, threads: 1);
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
