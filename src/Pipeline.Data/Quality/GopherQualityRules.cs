using System.Runtime.InteropServices;
using static Pipeline.Data.Quality.QualityRule;

namespace Pipeline.Data.Quality;

/// <summary>Rae et al. 2021 (Gopher), section A1, as datatrove reads it.</summary>
internal static class GopherQualityRules
{
    private const int DifferentWords = 8;

    public static IReadOnlyList<QualityRule> Of(GopherQualityLimits limits) =>
    [
        AtLeast("minimum_words", limits.MinimumWords, t => t.Totals.Plain),
        AtMost("maximum_words", limits.MaximumWords, t => t.Totals.Plain),
        AtLeast("minimum_word_length", limits.MinimumWordLength, t => MeanLength(t)),
        AtMost("maximum_word_length", limits.MaximumWordLength, t => MeanLength(t)),
        AtMost("hashes", limits.Symbols, t => MeasuredText.Ratio(t.Text.AsSpan().Count('#'), t.Words.Count)),
        AtMost("ellipses", limits.Symbols, t => MeasuredText.Ratio(t.Text.AsSpan().Count("...") + t.Text.AsSpan().Count('…'), t.Words.Count)),
        AtMost("bullet_lines", limits.BulletLines, t => Lines(t.Text, line => line.TrimStart() is ['•' or '-', ..])),
        AtMost("ellipsis_lines", limits.EllipsisLines, t => Lines(t.Text, line => line.TrimEnd() is var end && (end.EndsWith("...") || end.EndsWith("…")))),
        AtLeast("words_with_letters", limits.WordsWithLetters, t => MeasuredText.Ratio(t.Totals.WithLetters, t.Words.Count)),
        AtLeast("stop_words", limits.StopWords, t => DifferentStopWords(t)),
    ];

    /// <summary>How many different stop words there are.</summary>
    private static int DifferentStopWords(MeasuredText text)
    {
        var (seen, all) = (0, (1 << DifferentWords) - 1);
        foreach (ref readonly var word in CollectionsMarshal.AsSpan(text.Words))
        {
            if (word.Length <= 4) seen |= StopWordBit(text.Text.AsSpan(word.Start, word.Length));
            if (seen == all) break;
        }

        return System.Numerics.BitOperations.PopCount((uint)seen);
    }

    public static int StopWordBit(ReadOnlySpan<char> word) => word switch
    {
        "the" => 1,
        "be" => 2,
        "to" => 4,
        "of" => 8,
        "and" => 16,
        "that" => 32,
        "have" => 64,
        "with" => 128,
        _ => 0,
    };

    private static double MeanLength(MeasuredText text) => MeasuredText.Ratio(text.Totals.PlainCharacters, text.Totals.Plain);

    /// <summary>The share of lines of a kind; an end of a line at the end of the text begins no other.</summary>
    private static double Lines(ReadOnlySpan<char> text, Func<ReadOnlySpan<char>, bool> isOfKind)
    {
        var (of, all) = (0, 0);
        foreach (var line in text.EnumerateLines())
        {
            all++;
            if (isOfKind(line)) of++;
        }

        if (text is [.., '\n' or '\r']) all--;
        return MeasuredText.Ratio(of, all);
    }
}
