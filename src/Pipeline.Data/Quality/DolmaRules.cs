using System.IO.Hashing;
using System.Runtime.InteropServices;
using static Pipeline.Data.Quality.QualityRule;

namespace Pipeline.Data.Quality;

/// <summary>
/// The same two tables as dolma reads them: words are what stands between blanks, their length is a median, lines are split at each line feed, and of what is
/// repeated all of it counts and not only what comes again, as a share of the characters that are no blanks.
/// </summary>
internal static class DolmaRules
{
    public static IReadOnlyList<QualityRule> Of(GopherQualityLimits limits) =>
    [
        AtLeast("minimum_words", limits.MinimumWords, t => t.Pieces.Count),
        AtMost("maximum_words", limits.MaximumWords, t => t.Pieces.Count),
        AtLeast("minimum_word_length", limits.MinimumWordLength, MedianLength),
        AtMost("maximum_word_length", limits.MaximumWordLength, MedianLength),
        AtMost("symbols", limits.Symbols, t => MeasuredText.Ratio(t.Pieces.Count(w => t.Text.AsSpan(w.Start, w.Length).ContainsAny('#', '…')), t.Pieces.Count)),
        AtMost("bullet_lines", limits.BulletLines, t => Lines(t.Text, line => line is ['*' or '-', ..])),
        AtMost("ellipsis_lines", limits.EllipsisLines, t => Lines(t.Text, line => line is [.., '…'])),
        AtLeast("words_with_letters", limits.WordsWithLetters, t => MeasuredText.Ratio(t.Pieces.Count(w => w.HasLetter), t.Pieces.Count)),
        AtLeast("stop_words", limits.StopWords, t => t.Pieces.Count(w => w.Length <= 4 && GopherQualityRules.StopWordBit(t.Text.AsSpan(w.Start, w.Length)) != 0)),
    ];

    public static IReadOnlyList<QualityRule> Of(GopherRepetitionLimits limits) =>
    [
        AtMost("duplicate_lines", limits.DuplicateLines, t => MeasuredText.Ratio(t.DolmaLines.Count, t.DolmaLines.All)),
        AtMost("duplicate_line_characters", limits.DuplicateLineCharacters, t => MeasuredText.Ratio(t.DolmaLines.Characters, t.PieceGrams.Characters)),
        .. limits.Top().Select(r => AtMost($"top_{r.N}_gram", r.Most, t => MeasuredText.Ratio(t.PieceGrams.TopCharacters(r.N, blanks: false), t.PieceGrams.Characters))),
        .. limits.Duplicate().Select(r => AtMost($"duplicate_{r.N}_grams", r.Most, t => t.PieceGrams.RepeatedShare(r.N))),
    ];

    public static (int Count, int Characters, int All) RepeatedLines(MeasuredText text)
    {
        var span = text.Text.AsSpan();
        text.Counts.Clear(span.Count('\n') + 1);
        foreach (var range in span.Split('\n')) text.Counts.Add(Hash(span[range]));
        var (count, characters, all) = (0, 0, 0);
        foreach (var range in span.Split('\n'))
        {
            all++;
            if (text.Counts[Hash(span[range])] > 1) (count, characters) = (count + 1, characters + MeasuredText.CodePoints(span[range]));
        }

        return (count, characters, all);
    }

    private static ulong Hash(ReadOnlySpan<char> line) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(line));

    private static double MedianLength(MeasuredText text)
    {
        if (text.Pieces.Count == 0) return 0;
        int[] lengths = [.. text.Pieces.Select(w => w.Characters)];
        Array.Sort(lengths);
        return (lengths[(lengths.Length - 1) / 2] + lengths[lengths.Length / 2]) / 2.0;
    }

    private static double Lines(ReadOnlySpan<char> text, Func<ReadOnlySpan<char>, bool> isOfKind)
    {
        var (of, all) = (0, 0);
        foreach (var range in text.Split('\n'))
        {
            all++;
            if (isOfKind(text[range].TrimEnd('\r'))) of++;
        }

        return MeasuredText.Ratio(of, all);
    }
}
