using Pipeline.Data.Tokenizers;

namespace Pipeline.Data.Tests.Tokenizers;

public class TrainerTests
{
    private static readonly List<string> Texts = [.. Enumerable.Range(0, 40).Select(i => Corpus.Text.Substring(i * 50, 400))];

    [Fact]
    public void Any_number_of_workers_learns_the_same_of_any_order_of_texts()
    {
        var turned = Enumerable.Reverse(Texts).ToList();
        foreach (var train in (Func<List<string>, int, TokenizerModel>[])
        [
            (texts, workers) => BpeTrainer.Train(texts, new() { VocabularySize = 500 }, workers).Model,
            (texts, workers) => WordPieceTrainer.Train(texts, new() { VocabularySize = 500, LimitAlphabet = 100, Lowercase = false }, workers).Model,
            (texts, workers) => UnigramTrainer.Train(texts, new() { VocabularySize = 700 }, workers).Model,
            (texts, workers) => WordTrainer.Train(texts, new() { VocabularySize = 200 }, workers).Model,
            (texts, workers) => WordTrainer.Train(texts, new() { VocabularySize = 60, Characters = true }, workers).Model,
        ])
        {
            var one = Bytes(train(Texts, 1));
            Assert.Equal(one, Bytes(train(Texts, 7)));
            Assert.Equal(one, Bytes(train(turned, 2)));
        }
    }

    [Fact]
    public void Above_the_words_that_may_be_kept_the_rarest_are_forgotten_and_counted()
    {
        // 30 words that come often among 5,000 that come once.
        var texts = Enumerable.Range(0, 5000).Select(i => $"word{i % 30} rare{i}");
        var trained = WordTrainer.Train(texts, new() { VocabularySize = 40, MostWords = 1000 });
        Assert.InRange(trained.Words, 700, 1000);
        Assert.InRange(trained.DroppedWords, 4000, 5000);
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"word{i}").Order(StringComparer.Ordinal), trained.Model.Tokens.Where(token => token.StartsWith("word", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_unigram_vocabulary_holds_what_occurs_often_and_every_character()
    {
        var model = UnigramTrainer.Train(["ababab ab abab ab ab ababab xyz"], new() { VocabularySize = 12, ByteFallback = false, SpecialTokens = ["<unk>"], CharacterCoverage = 1, SeedSize = 1000 }).Model;
        Assert.Subset(model.Tokens.ToHashSet(), (HashSet<string>)["▁", "a", "b", "x", "y", "z", "▁ab"]);
        Assert.InRange(model.VocabularySize, 8, 12);
        Assert.Equal([model.Find("▁ab")!.Value], new TextTokenizer(model).Encode("ab"));
        // Log probabilities, the most probable first.
        Assert.Equal(model.Scores.Skip(1).OrderDescending(), model.Scores.Skip(1));
        Assert.InRange(model.Scores.Skip(1).Sum(Math.Exp), 0.5, 1);
    }

    [Fact]
    public void Rare_characters_are_bytes_or_unknown()
    {
        var text = string.Concat(Enumerable.Repeat("to be or not to be ", 200)) + "漢";
        var bytes = UnigramTrainer.Train([text], new() { VocabularySize = 300 }).Model;
        Assert.Null(bytes.Find("漢"));
        Assert.Equal(3, new TextTokenizer(bytes).Encode("漢").Count(id => bytes.Tokens[id].StartsWith("<0x", StringComparison.Ordinal)));
        var without = UnigramTrainer.Train([text], new() { VocabularySize = 40, ByteFallback = false, CharacterCoverage = 0.999 }).Model;
        Assert.Contains(without.Unknown!.Value, new TextTokenizer(without).Encode("漢"));
        var pieces = WordPieceTrainer.Train([text], new() { VocabularySize = 60, LimitAlphabet = 6 }).Model;
        Assert.Equal([pieces.Unknown!.Value], new TextTokenizer(pieces).Encode("漢"));
    }

    [Theory]
    [InlineData("wordpiece", "a vocabulary of 12 has no room: 9 special tokens and the 7 characters of the text")]
    [InlineData("unigram", "a vocabulary of 264 has no room: 5 special tokens and 256 bytes and 8 characters need 269; raise vocab_size to that or more, or have fewer characters be pieces (character_coverage: ")]
    public void A_vocabulary_without_room_for_the_characters_is_refused(string kind, string expected)
    {
        string[] texts = ["abc def g abcdefg"];
        var refused = Assert.Throws<ArgumentException>(() => { _ = kind == "unigram" ? (object)UnigramTrainer.Train(texts, new() { VocabularySize = 264 }) : WordPieceTrainer.Train(texts, new() { VocabularySize = 12 }); });
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_tell_how_a_tokenizer_fits_its_text()
    {
        var model = WordTrainer.Train(["one two three two"], new() { VocabularySize = 7 }).Model;
        var quality = new TokenizerQuality(new(model));
        quality.Add("two two one", "en");
        quality.Add("zwei one", "de");
        var other = new TokenizerQuality(new(model));
        other.Add("two", null);
        quality.Add(other);
        Assert.Equal((3, 22, 6, 6, 1), (quality.All.Documents, quality.All.Bytes, quality.All.Words, quality.All.Tokens, quality.All.Unknown));
        Assert.Equal(22.0 / 6, quality.All.BytesPerToken);
        // 'zwei' is unknown: the others spell 18 bytes, and it would take 4 tokens of a byte.
        Assert.Equal((4, 18.0 / 5, 22.0 / 9, 4.0 / 22), (quality.All.UnknownBytes, quality.All.KnownBytesPerToken, quality.All.ComparableBytesPerToken, quality.All.UnknownByteRate));
        Assert.Equal(["de", "en", "und"], quality.Languages.Keys);
        Assert.Equal(0.5, quality.Languages["de"].UnknownRate);
        Assert.Equal(1, quality.Languages["en"].Fertility);
        // 'one' and 'two' of the tokens that text can have; 'three' has no room.
        Assert.Equal(1, quality.VocabularyUse);
        Assert.Equal(2.0 / 3, quality.All.RestoredRate);
    }

    [Fact]
    public void Only_the_unknown_part_of_a_word_is_unknown_where_parts_are_known_alone()
    {
        var quality = new TokenizerQuality(new(UnigramTrainer.Train(["ab ab ab abc"], new() { VocabularySize = 20, ByteFallback = false }).Model));
        quality.Add("ab€ b\u4E00\u4E8Cc", null);
        // Two ideographs in a row are one unknown token.
        Assert.Equal((2, 9), (quality.All.Unknown, quality.All.UnknownBytes));
        var pieces = new TokenizerQuality(new(WordPieceTrainer.Train(["ab ab ab abc"], new() { VocabularySize = 20 }).Model));
        pieces.Add("ab abx", null);
        Assert.Equal((1, 3), (pieces.All.Unknown, pieces.All.UnknownBytes));
    }

    private static string Bytes(TokenizerModel model)
    {
        using var stream = new MemoryStream();
        TokenizerFile.Write(stream, model);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
