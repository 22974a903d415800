using static Pipeline.Data.Quality.QualityRule;

namespace Pipeline.Data.Quality;

/// <summary>Rae et al. 2021 (Gopher), section A1, as datatrove reads it.</summary>
internal static class GopherQualityRules
{
    public static readonly IReadOnlyList<string> StopWords = ["the", "be", "to", "of", "and", "that", "have", "with"];

    public static IReadOnlyList<QualityRule> Of(GopherQualityLimits limits) =>
    [
        AtLeast("minimum_words", limits.MinimumWords, t => Plain(t).Count),
        AtMost("maximum_words", limits.MaximumWords, t => Plain(t).Count),
        AtLeast("minimum_word_length", limits.MinimumWordLength, t => MeanLength(t)),
        AtMost("maximum_word_length", limits.MaximumWordLength, t => MeanLength(t)),
        AtMost("hashes", limits.Symbols, t => MeasuredText.Ratio(t.Text.AsSpan().Count('#'), t.Words.Count)),
        AtMost("ellipses", limits.Symbols, t => MeasuredText.Ratio(t.Text.AsSpan().Count("...") + t.Text.AsSpan().Count('…'), t.Words.Count)),
        AtMost("bullet_lines", limits.BulletLines, t => Lines(t.Text, line => line.TrimStart() is ['•' or '-', ..])),
        AtMost("ellipsis_lines", limits.EllipsisLines, t => Lines(t.Text, line => line.TrimEnd() is var end && (end.EndsWith("...") || end.EndsWith("…")))),
        AtLeast("words_with_letters", limits.WordsWithLetters, t => MeasuredText.Ratio(t.Words.Count(w => w.HasLetter), t.Words.Count)),
        AtLeast("stop_words", limits.StopWords, t => DifferentStopWords(t, t.Words)),
    ];

    /// <summary>How many different stop words there are.</summary>
    public static int DifferentStopWords(MeasuredText text, List<TextWord> words)
    {
        var seen = 0;
        foreach (var word in words)
        {
            if (word.Length > 4 || seen == (1 << StopWords.Count) - 1) continue;
            seen |= StopWordBit(text.Text.AsSpan(word.Start, word.Length));
        }

        return System.Numerics.BitOperations.PopCount((uint)seen);
    }

    public static int StopWordBit(ReadOnlySpan<char> word)
    {
        for (var i = 0; i < StopWords.Count; i++)
            if (word.SequenceEqual(StopWords[i])) return 1 << i;
        return 0;
    }

    /// <summary>Words that are not all marks, and their code points.</summary>
    private static (int Count, long Characters) Plain(MeasuredText text)
    {
        var (count, characters) = (0, 0L);
        foreach (var word in text.Words)
        {
            if (!word.IsSymbol) (count, characters) = (count + 1, characters + word.Characters);
        }

        return (count, characters);
    }

    private static double MeanLength(MeasuredText text)
    {
        var (count, characters) = Plain(text);
        return MeasuredText.Ratio(characters, count);
    }

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
