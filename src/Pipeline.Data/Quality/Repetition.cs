using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Pipeline.Data.Quality;

/// <summary>Lines and paragraphs that a text has again.</summary>
internal static class Repetition
{
    /// <summary>Split at runs of line feeds; a text that begins or ends with one has an empty line there.</summary>
    public static (int Count, int Characters, int All) OfLines(MeasuredText text) => Repeated(text.Text, 1, text.Counts);

    /// <summary>Split where two or more line feeds are together, the text without the blanks around it.</summary>
    public static (int Count, int Characters, int All) OfParagraphs(MeasuredText text) => Repeated(text.Text.AsSpan().Trim(), 2, text.Counts);

    private static (int Count, int Characters, int All) Repeated(ReadOnlySpan<char> text, int feeds, HashCounts counts)
    {
        counts.Clear(text.Count('\n') + 2);
        var (count, characters, all) = (0, 0, 0);
        for (var start = 0; ;)
        {
            var (end, next) = NextBreak(text, start, feeds);
            var part = text[start..end];
            all++;
            if (counts.Add(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(part))) > 1)
            {
                count++;
                characters += MeasuredText.CodePoints(part);
            }

            if (next < 0) return (count, characters, all);
            start = next;
        }
    }

    /// <summary>The end of the part that begins at <paramref name="from"/>, and where the next begins or -1.</summary>
    private static (int End, int Next) NextBreak(ReadOnlySpan<char> text, int from, int feeds)
    {
        for (var at = from; at < text.Length && text[at..].IndexOf('\n') is >= 0 and var found;)
        {
            var end = at + found;
            at = end;
            while (at < text.Length && text[at] == '\n') at++;
            if (at - end >= feeds) return (end, at);
        }

        return (text.Length, -1);
    }
}
