using CsCheck;
using Pipeline.Data.Quality;

namespace Pipeline.Data.Tests.Quality;

/// <summary>The rules of repetition beside their definitions, run by run with sets of texts, on texts of few words that repeat a lot.</summary>
public sealed class RepetitionTests
{
    private static readonly Gen<string> Text = Gen.Int[0, 5].Select(i => ((string[])["a", "bb", "c", "ddd", "é", "\ud83d\ude00x"])[i]).Array[1, 60].Select(w => string.Join(' ', w));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_most_frequent_run_is_that_of_the_definition(int n) => Text.Sample(text =>
    {
        var words = text.Split(' ');
        var runs = Enumerable.Range(0, Math.Max(0, words.Length - n + 1)).Select(i => string.Join(' ', words.Skip(i).Take(n))).ToList();
        var top = runs.Count == 0 ? 0 : runs.GroupBy(r => r).Select(g => (g.Key, Count: g.Count())).MaxBy(g => g.Count) is var best ? Length(best.Key) * best.Count : 0;
        return Value($"top_{n}_gram", text) == Round(top, text);
    }, iter: 300);

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(10)]
    public void Repeated_runs_are_those_of_the_definition(int n) => Text.Sample(text =>
    {
        var words = text.Split(' ');
        var (seen, repeated) = (new HashSet<string>(), 0);
        for (var i = 0; i + n <= words.Length;)
        {
            var run = string.Join(' ', words.Skip(i).Take(n));
            if (seen.Add(run)) i++;
            else (repeated, i) = (repeated + words.Skip(i).Take(n).Sum(Length), i + n);
        }

        return Value($"duplicate_{n}_grams", text) == Round(repeated, text);
    }, iter: 300);

    private static int Length(string text) => text.EnumerateRunes().Count();

    private static string Round(int part, string text) => Math.Round((double)part / Length(text), 4).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What a rule measures: it drops everything, and all others nothing.</summary>
    private static string Value(string rule, string text)
    {
        double Most(string own) => own == rule ? -1 : 1000;
        var limits = new GopherRepetitionLimits
        {
            DuplicateParagraphs = 1, DuplicateParagraphCharacters = 1, DuplicateLines = 1, DuplicateLineCharacters = 1, Top2Gram = Most("top_2_gram"), Top3Gram = Most("top_3_gram"), Top4Gram = Most("top_4_gram"),
            Duplicate5Grams = Most("duplicate_5_grams"), Duplicate6Grams = 1000, Duplicate7Grams = Most("duplicate_7_grams"), Duplicate8Grams = 1000, Duplicate9Grams = 1000, Duplicate10Grams = Most("duplicate_10_grams"),
        };
        return Filtered.By(new QualityFilter(new() { Presets = [QualityFilter.GopherRepetition], GopherRepetition = limits }), text).Value!;
    }
}
