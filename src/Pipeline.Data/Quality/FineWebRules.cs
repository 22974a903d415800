using System.Buffers;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using ICU4N;
using ICU4N.Globalization;
using static Pipeline.Data.Quality.QualityRule;

namespace Pipeline.Data.Quality;

/// <summary>Penedo et al. 2024 (FineWeb), section 3.5, as datatrove reads it.</summary>
internal static class FineWebRules
{
    /// <summary>Characters that end a sentence in any script (Unicode's Sentence_Terminal), as in datatrove from 0.4 on. FineWeb was made with earlier ones, for which <c>. ? ! ' "</c> did.</summary>
    private static readonly SearchValues<char> Terminal = SearchValues.Create([.. Enumerable.Range(0, 0x10000).Where(c => !char.IsSurrogate((char)c) && EndsSentence(c)).Select(c => (char)c)]);

    public static IReadOnlyList<QualityRule> Of(FineWebLimits limits) =>
    [
        AtLeast("terminal_lines", limits.TerminalLines, t => Lines(t.Text, limits.TerminalQuotes ? line => line is [.., '\'' or '"'] || EndsSentence(line) : EndsSentence) is { All: > 0 } lines ? (double)lines.Of / lines.All : -1),
        AtMost("short_lines", limits.ShortLines, t => Lines(t.Text, line => IsShort(line, limits.ShortLine)) is var lines ? MeasuredText.Ratio(lines.Of, lines.All) : 0),
        AtMost("duplicate_line_characters", limits.DuplicateLineCharacters, t => MeasuredText.Ratio(RepeatedCharacters(t), t.Characters - t.Text.AsSpan().Count('\n'))),
        AtMost("newlines", limits.Newlines, t => MeasuredText.Ratio(t.Text.AsSpan().Count('\n'), t.Words.Count)),
    ];

    /// <summary>A code point is one or two units, so that few lines need be counted.</summary>
    private static bool IsShort(ReadOnlySpan<char> line, int most) => line.Length <= most || (line.Length <= 2L * most && MeasuredText.CodePoints(line) <= most);

    private static (int Of, int All) Lines(ReadOnlySpan<char> text, Func<ReadOnlySpan<char>, bool> isOfKind)
    {
        var (of, all) = (0, 0);
        foreach (var range in text.Split('\n'))
        {
            var line = text[range].TrimEnd('\r');
            if (line.IsWhiteSpace()) continue;
            all++;
            if (isOfKind(line)) of++;
        }

        return (of, all);
    }

    private static int RepeatedCharacters(MeasuredText text)
    {
        var span = text.Text.AsSpan();
        text.Counts.Clear(span.Count('\n') + 1);
        var repeated = 0;
        foreach (var range in span.Split('\n'))
        {
            var line = span[range];
            if (!line.IsWhiteSpace() && text.Counts.Add(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(line))) > 1) repeated += MeasuredText.CodePoints(line);
        }

        return repeated;
    }

    private static bool EndsSentence(ReadOnlySpan<char> line) =>
        line.Length > 0 && (Terminal.Contains(line[^1]) || (char.IsLowSurrogate(line[^1]) && Rune.DecodeLastFromUtf16(line, out var rune, out _) == OperationStatus.Done && EndsSentence(rune.Value)));

    private static bool EndsSentence(int character) => UChar.HasBinaryProperty(character, UProperty.STerm);
}
