using System.Text.RegularExpressions;
using CsCheck;
using Pipeline.Data.Tokenizers.Splitting;

namespace Pipeline.Data.Tests.Tokenizers;

public class WordScannerTests
{
    private static readonly Regex Gpt2 = new(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+");

    // ASCII only for the contractions: whether (?i) takes 'ſ' for 's' differs from engine to engine.
    private static readonly Regex Cl100k = new(
        @"'(?:[sS]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+");

    private static readonly Gen<string> Words = Pieces.Of(" ", "  ", "\n", "\r\n", "\t", "\u00A0", "\u2028", "\u0085", "'s", "'LL", "'re", "'", "a", "Zoë", "ß", "12", "1234567", "½", "٣", "!", "...", "漢字", "_", "́").Select(string.Concat);

    private static readonly Gen<string> Bmp = Gen.Int[0, 0xFFFF].Where(c => c is < 0xD800 or > 0xDFFF).Select(c => (char)c).Array[0, 40].Select(c => new string(c));

    [Fact]
    public void It_cuts_as_the_patterns_of_GPT_2_and_cl100k_do()
    {
        Gen.OneOf(Words, Bmp, Gen.Char.AlphaNumeric.Array[0, 40].Select(c => new string(c))).Sample(
            text =>
            {
                Assert.Equal(Gpt2.Matches(text).Select(m => m.Value), Cut(SplitPattern.Gpt2, text));
                Assert.Equal(Cl100k.Matches(text).Select(m => m.Value), Cut(SplitPattern.Cl100k, text));
            },
            iter: 20_000);
    }

    [Theory]
    [InlineData("𠮷野!", new[] { "𠮷野", "!" })]
    [InlineData("x 😀😀 y", new[] { "x", " 😀😀", " y" })]
    [InlineData("𝟙𝟚a", new[] { "𝟙𝟚", "a" })]
    [InlineData("it's 'tis", new[] { "it", "'s", " '", "tis" })]
    [InlineData("a\n\n  b", new[] { "a", "\n\n ", " b" })]
    public void Letters_beyond_the_first_plane_are_letters(string text, string[] words) => Assert.Equal(words, Cut(SplitPattern.Gpt2, text));

    [Theory]
    [InlineData("x 😀😀\n\n y", new[] { "x", " 😀😀\n\n", " y" })]
    [InlineData("12345", new[] { "123", "45" })]
    [InlineData("I'LL a\r\n  \n b", new[] { "I", "'LL", " a", "\r\n  \n", " b" })]
    public void Cl100k_keeps_line_breaks_with_what_ends_them(string text, string[] words) => Assert.Equal(words, Cut(SplitPattern.Cl100k, text));

    [Fact]
    public void Words_cover_any_text_even_one_of_lone_surrogates() =>
        Gen.Char.Array[0, 60].Select(c => new string(c)).Sample(text =>
        {
            Assert.Equal(text, string.Concat(Cut(SplitPattern.Gpt2, text)));
            Assert.Equal(text, string.Concat(Cut(SplitPattern.Cl100k, text)));
        });

    private static IEnumerable<string> Cut(SplitPattern pattern, string text)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = WordScanner.EndOfWord(pattern, text, start);
            Assert.True(end > start);
            yield return text[start..end];
        }
    }
}
