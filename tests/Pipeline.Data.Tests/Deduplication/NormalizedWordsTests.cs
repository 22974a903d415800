using Pipeline.Data.Deduplication;

namespace Pipeline.Data.Tests.Deduplication;

public class NormalizedWordsTests
{
    [Theory]
    [InlineData("The Café, no. 12!", "the cafe no 0")]
    [InlineData("ÀÉÎ ﬁ", "aei ﬁ")]
    [InlineData("1.5 and 2,300", "0 and 0 0")]
    [InlineData("ver1.25b", "ver0b")]
    [InlineData("a_b-c", "a b c")]
    [InlineData("Straße ΣΑΣ", "straße σασ")]
    [InlineData("e\u0301te\u0301", "ete")]
    [InlineData("٣٤ 12", "0 0")]
    [InlineData("漢字", "漢 字")]
    [InlineData("  \t\n", "")]
    [InlineData("!?", "")]
    [InlineData("a\uD800b", "a b")]
    public void Texts_that_differ_in_case_marks_numbers_and_punctuation_have_the_same_words(string text, string plain) => Assert.Equal(Words(plain), Words(text));

    [Theory]
    [InlineData("a b", "ab")]
    [InlineData("word", "world")]
    [InlineData("1", "")]
    public void Other_texts_have_other_words(string a, string b) => Assert.NotEqual(Words(a), Words(b));

    [Fact]
    public void Text_beyond_ASCII_takes_the_same_path_for_its_plain_words() => Assert.Equal(Words("a1.5b THE end"), Words("a1.5b THE end é").SkipLast(1));

    private static List<ulong> Words(string text)
    {
        var words = new List<ulong>();
        NormalizedWords.HashesOf(text, words);
        return words;
    }
}
