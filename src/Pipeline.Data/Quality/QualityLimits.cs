using System.ComponentModel;
using System.Globalization;

namespace Pipeline.Data.Quality;

/// <summary>A threshold that is no count and no share makes a rule that drops all, or nothing, in silence.</summary>
public static class QualityLimits
{
    private const string Share = "a share from 0 to 1", Length = "a number of at least 0";

    /// <summary>Numbers that are no shares: a word has a length and may have several line feeds.</summary>
    private static readonly string[] Lengths = [nameof(GopherQualityLimits.MinimumWordLength), nameof(GopherQualityLimits.MaximumWordLength), nameof(GopherQualityLimits.Symbols), nameof(FineWebLimits.Newlines)];

    /// <summary>Every number of a block of limits that is not what it has to be: its property, its value and what was expected.</summary>
    public static IEnumerable<(string Property, string Value, string Expected)> Wrong(object limits)
    {
        foreach (var property in limits.GetType().GetProperties())
        {
            var (isWrong, expected) = property.GetValue(limits) switch
            {
                int count => (count < 0, "a count of at least 0"),
                double value when Lengths.Contains(property.Name) => (!(value >= 0 && double.IsFinite(value)), Length),
                double value => (!(value is >= 0 and <= 1), Share),
                _ => (false, ""),
            };
            if (isWrong) yield return (property.Name, Convert.ToString(property.GetValue(limits), CultureInfo.InvariantCulture)!, expected);
        }
    }
}

/// <summary>Thresholds of Gopher's quality rules; all of them are shares but for the counts and lengths.</summary>
public record GopherQualityLimits
{
    [Description("Least words; marks that stand alone are none.")]
    public int MinimumWords { get; init; } = 50;

    [Description("Most words.")]
    public int MaximumWords { get; init; } = 100_000;

    [Description("Least mean length of a word (dolma: median), in characters.")]
    public double MinimumWordLength { get; init; } = 3;

    [Description("Greatest mean length of a word (dolma: median).")]
    public double MaximumWordLength { get; init; } = 10;

    [Description("Most number signs a word, and most ellipses a word (dolma: share of words with either).")]
    public double Symbols { get; init; } = 0.1;

    [Description("Most lines that begin with a bullet.")]
    public double BulletLines { get; init; } = 0.9;

    [Description("Most lines that end in an ellipsis.")]
    public double EllipsisLines { get; init; } = 0.3;

    [Description("Least words with a letter, of all words and marks.")]
    public double WordsWithLetters { get; init; } = 0.8;

    [Description("Least different words of: the, be, to, of, and, that, have, with (dolma: least occurrences). 0 for other languages.")]
    public int StopWords { get; init; } = 2;
}

/// <summary>Thresholds of Gopher's repetition rules: shares of lines, paragraphs and characters. 1 switches a rule off.</summary>
public record GopherRepetitionLimits
{
    [Description("Most paragraphs that came before in the text (dolma: no such rule).")]
    public double DuplicateParagraphs { get; init; } = 0.3;

    [Description("Most characters in such paragraphs (dolma: no such rule).")]
    public double DuplicateParagraphCharacters { get; init; } = 0.2;

    [Description("Most lines that came before.")]
    public double DuplicateLines { get; init; } = 0.3;

    [Description("Most characters in such lines.")]
    public double DuplicateLineCharacters { get; init; } = 0.2;

    [Description("Most characters in the most frequent run of 2 words.")]
    public double Top2Gram { get; init; } = 0.2;

    [Description("Of 3 words.")]
    public double Top3Gram { get; init; } = 0.18;

    [Description("Of 4 words.")]
    public double Top4Gram { get; init; } = 0.16;

    [Description("Most characters in runs of 5 words that came before.")]
    public double Duplicate5Grams { get; init; } = 0.15;

    [Description("In runs of 6 words.")]
    public double Duplicate6Grams { get; init; } = 0.14;

    [Description("In runs of 7 words.")]
    public double Duplicate7Grams { get; init; } = 0.13;

    [Description("In runs of 8 words.")]
    public double Duplicate8Grams { get; init; } = 0.12;

    [Description("In runs of 9 words.")]
    public double Duplicate9Grams { get; init; } = 0.11;

    [Description("In runs of 10 words.")]
    public double Duplicate10Grams { get; init; } = 0.10;

    internal IEnumerable<(int N, double Most)> Top() => [(2, Top2Gram), (3, Top3Gram), (4, Top4Gram)];

    internal IEnumerable<(int N, double Most)> Duplicate() =>
        [(5, Duplicate5Grams), (6, Duplicate6Grams), (7, Duplicate7Grams), (8, Duplicate8Grams), (9, Duplicate9Grams), (10, Duplicate10Grams)];
}

/// <summary>The same with what dolma's mixers set differently.</summary>
public sealed record DolmaRepetitionLimits : GopherRepetitionLimits
{
    public DolmaRepetitionLimits() => DuplicateLineCharacters = 0.3;
}

/// <summary>Rules of Raffel et al. 2020 (C4) as datatrove reads them.</summary>
public sealed record C4Limits
{
    [Description("Drop lines with a longer word, in characters.")]
    public int LongestWord { get; init; } = 1000;

    [Description("Strip citations: [12], [edit], [citation needed].")]
    public bool Citations { get; init; } = true;

    [Description("Drop lines that do not end in . ? ! \" or ', or that end in three dots. By default true, but false where fineweb@datatrove is among the presets, as in its recipe.")]
    public bool? TerminalPunctuation { get; init; }

    [Description("Drop lines with fewer words.")]
    public int WordsPerLine { get; init; } = 3;

    [Description("Drop lines that speak of JavaScript.")]
    public bool Javascript { get; init; } = true;

    [Description("Drop lines that speak of terms of use, privacy or cookies.")]
    public bool Policy { get; init; } = true;

    [Description("Drop documents with `lorem ipsum`.")]
    public bool LoremIpsum { get; init; } = true;

    [Description("Drop documents with a curly bracket.")]
    public bool CurlyBracket { get; init; } = true;

    [Description("Drop documents of fewer sentences, counted in the lines that are left.")]
    public int Sentences { get; init; } = 5;
}

/// <summary>Rules of Raffel et al. 2020 (C4) as dolma's tagger and mixer read them.</summary>
public sealed record DolmaC4Limits
{
    [Description("Cut lines that do not end in . ? ! or \"; empty ones are among them.")]
    public bool TerminalPunctuation { get; init; } = true;

    [Description("Cut lines with fewer words.")]
    public int WordsPerLine { get; init; } = 3;

    [Description("Drop documents with the word `javascript`.")]
    public bool Javascript { get; init; } = true;

    [Description("Drop documents with `lorem ipsum`.")]
    public bool LoremIpsum { get; init; } = true;

    [Description("Drop documents with a curly bracket.")]
    public bool CurlyBracket { get; init; } = true;

    [Description("Drop documents with one of these words (between blanks) or phrases (anywhere in a line), whatever their case. dolma has a list of naughty words here, which does not come with this project.")]
    public IReadOnlyList<string> BlockedWords { get; init; } = [];
}

/// <summary>Thresholds of FineWeb's own rules.</summary>
public sealed record FineWebLimits
{
    [Description("Least share of lines that end a sentence.")]
    public double TerminalLines { get; init; } = 0.12;

    [Description("Lines that end in ' or \" end a sentence too, as in the datatrove before 0.4 that FineWeb was made with: novels with much dialogue lose far less. By default false, as in datatrove since.")]
    public bool TerminalQuotes { get; init; }

    [Description("Most short lines.")]
    public double ShortLines { get; init; } = 0.67;

    [Description("A line is short up to so many characters.")]
    public int ShortLine { get; init; } = 30;

    [Description("Most characters in lines that came before.")]
    public double DuplicateLineCharacters { get; init; } = 0.01;

    [Description("Most line feeds a word.")]
    public double Newlines { get; init; } = 0.3;
}
