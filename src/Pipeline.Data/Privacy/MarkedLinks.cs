namespace Pipeline.Data.Privacy;

/// <summary>Links that other languages of markup write with the address beside its text: <c>`text &lt;address&gt;`_</c>, <c>[address text]</c>, <c>[[address|text]]</c>, <c>address[text]</c>. The text stays.</summary>
internal static class MarkedLinks
{
    private const int LongestLabel = 500;

    public static Gone? Around(ReadOnlySpan<char> text, int least, int start, int end) =>
        end < text.Length ? text[end] switch
        {
            '>' => Embedded(text, least, start, end),
            ' ' or '|' => Wiki(text, least, start, end),
            '[' => Followed(text, start, end),
            '`' => Named(text, least, start, end),
            _ => null,
        } : null;

    /// <summary>Of reStructuredText. Where there is no text the address was it.</summary>
    private static Gone? Embedded(ReadOnlySpan<char> text, int least, int start, int end)
    {
        if (start == least || text[start - 1] != '<' || EndOfMarks(text, end + 1) is not (> 0 and var after)) return null;
        var floor = Math.Max(least, start - 1 - LongestLabel);
        if (text[floor..(start - 1)].LastIndexOf('`') is not (>= 0 and var tick)) return null;
        var label = text[(floor + tick + 1)..(start - 1)];
        return label.IndexOf("\n\n") < 0 ? new(floor + tick, after, floor + tick + 1, floor + tick + 1 + label.TrimEnd().Length) : null;
    }

    /// <summary><c>`address`_</c>.</summary>
    private static Gone? Named(ReadOnlySpan<char> text, int least, int start, int end) =>
        start > least && text[start - 1] == '`' && EndOfMarks(text, end) is > 0 and var after ? new(start - 1, after, after, after) : null;

    /// <summary>Behind the backtick and one or two underscores; 0 where they are not.</summary>
    private static int EndOfMarks(ReadOnlySpan<char> text, int at) => text[at..] switch
    {
        ['`', '_', '_', ..] => at + 3,
        ['`', '_', ..] => at + 2,
        _ => 0,
    };

    /// <summary>Of MediaWiki, the second of others.</summary>
    private static Gone? Wiki(ReadOnlySpan<char> text, int least, int start, int end)
    {
        if (start == least || text[start - 1] != '[') return null;
        var twice = start - 1 > least && text[start - 2] == '[';
        if (text[end] == '|' && !twice) return null;
        var label = text.Slice(end + 1, Math.Min(text.Length - end - 1, LongestLabel));
        if (label.IndexOfAny("[]\n") is not (> 0 and var close) || label[close] != ']' || label[..close].IsWhiteSpace()) return null;
        close += end + 1;
        if (!twice) return new(start - 1, close + 1, end + 1, close);
        return close + 1 < text.Length && text[close + 1] == ']' ? new(start - 2, close + 2, end + 1, close) : null;
    }

    /// <summary>Of AsciiDoc.</summary>
    private static Gone? Followed(ReadOnlySpan<char> text, int start, int end)
    {
        var label = text.Slice(end + 1, Math.Min(text.Length - end - 1, LongestLabel));
        return label.IndexOfAny("[]\n") is > 0 and var close && label[close] == ']' ? new(start, end + close + 2, end + 1, end + close + 1) : null;
    }
}
