using Pipeline.Data.Tokenizers;

namespace Pipeline.Data.Tests.Tokenizers;

public class BpeTrainerTests
{
    [Fact]
    public void Vocabulary_and_merges_equal_those_of_Hugging_Face() =>
        Corpus.AssertLearnsAs(Path.Combine(Corpus.Folder, "corpus.json"), Corpus.Text);

    [Fact]
    public void Ids_are_special_tokens_then_bytes_then_merges()
    {
        var model = Corpus.Small;
        Assert.Equal(SpecialTokens.Default, model.Tokens.Take(4));
        Assert.Equal(ByteAlphabet.Sorted.Select(c => c.ToString()), model.Tokens.Skip(4).Take(256));
        Assert.Equal(700, model.VocabularySize);
        Assert.Equal(model.Merges.Select(m => m.Result), Enumerable.Range(260, 440));
    }

    [Fact]
    public void Neither_workers_nor_the_order_of_texts_change_the_result()
    {
        var lines = Enumerable.Repeat(Corpus.LinesOf(Corpus.Text).ToList(), 30).SelectMany(l => l).ToList();
        var one = BpeTrainer.Train(lines, new() { VocabularySize = 900 }, workers: 1).Model;
        var many = BpeTrainer.Train(lines.AsEnumerable().Reverse(), new() { VocabularySize = 900 }, workers: 8).Model;
        Assert.Equal(one.Tokens, many.Tokens);
        Assert.Equal(one.Merges, many.Merges);
    }

    [Fact]
    public void Pairs_below_the_least_frequency_are_not_merged()
    {
        var model = BpeTrainer.Train(["ab ab ab cd"], new() { VocabularySize = 1000, MinFrequency = 3, SpecialTokens = [] }).Model;
        Assert.Equal(["a b"], Corpus.MergesOf(model).Where(m => m.Contains('a')).Take(1));
        Assert.DoesNotContain("cd", model.Tokens);
    }

    [Fact]
    public void Text_without_pairs_leaves_the_bytes()
    {
        var model = BpeTrainer.Train([], new() { VocabularySize = 1000 }).Model;
        Assert.Equal(260, model.VocabularySize);
        Assert.Empty(model.Merges);
    }

    [Fact]
    public void A_word_of_a_megabyte_is_left_out_and_counted()
    {
        var result = BpeTrainer.Train([new string('x', 1 << 20) + " word word"], new() { VocabularySize = 270 });
        Assert.Equal(1, result.SkippedWords);
        Assert.DoesNotContain("xx", result.Model.Tokens);
        Assert.Contains("Ġword", result.Model.Tokens);
    }

    [Theory]
    [InlineData(100, "no room")]
    [InlineData(259, "no room")]
    public void A_vocabulary_without_room_for_the_bytes_is_refused(int size, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => BpeTrainer.Train(["a"], new() { VocabularySize = size })).Message);

    [Theory]
    [InlineData("a", "too short")]
    [InlineData("<|ä|>", "printable ASCII")]
    [InlineData("<| |>", "printable ASCII")]
    public void Special_tokens_that_text_could_spell_by_bytes_are_refused(string token, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => BpeTrainer.Train(["a"], new() { SpecialTokens = [token] })).Message);

    [Fact]
    public void A_special_token_listed_twice_is_refused() =>
        Assert.Contains("twice", Assert.Throws<ArgumentException>(() => BpeTrainer.Train(["a"], new() { SpecialTokens = ["<|x|>", "<|x|>"] })).Message);
}
