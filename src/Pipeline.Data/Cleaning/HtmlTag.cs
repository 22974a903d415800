using System.Buffers;

namespace Pipeline.Data.Cleaning;

internal enum TagShape
{
    /// <summary>No tag, whatever follows.</summary>
    None,

    /// <summary>The sign that would end it is in a quoted value.</summary>
    Unfinished,

    /// <summary>A name and nothing else.</summary>
    Bare,

    /// <summary>With attributes, or closed in itself.</summary>
    Full,
}

/// <summary>What stands between <c>&lt;</c> and <c>&gt;</c>, by the grammar of HTML with one limit: attributes without a value are known ones, so that <c>a&lt;b and c&gt;d</c> is no tag.</summary>
internal static class HtmlTag
{
    private static readonly SearchValues<char> Blanks = SearchValues.Create(" \t\r\n\f");
    private static readonly SearchValues<char> NameEnds = SearchValues.Create(" \t\r\n\f/");
    private static readonly SearchValues<char> AttributeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:@#*()[]");
    private static readonly SearchValues<char> BareValueEnds = SearchValues.Create(" \t\r\n\f\"'<`");

    private static readonly SearchValues<char> NameStops = SearchValues.Create(" \t\r\n\f>&");
    private static readonly SearchValues<string> Closers = SearchValues.Create(["</", ";/"], StringComparison.Ordinal);
    private static readonly SearchValues<char> ForeignNames = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.");
    private const int LongestName = 24, LongestForeignName = 64;

    public static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> inside) => inside.IndexOfAny(NameEnds) is >= 0 and var end ? inside[..end] : inside;

    /// <summary>Of what follows the name.</summary>
    public static TagShape ShapeOf(ReadOnlySpan<char> rest)
    {
        var shape = TagShape.Bare;
        while (true)
        {
            rest = TrimStart(rest);
            if (rest.IsEmpty) return shape;
            shape = TagShape.Full;
            if (rest[0] == '/')
            {
                rest = rest[1..];
                continue;
            }

            var length = rest.IndexOfAnyExcept(AttributeCharacters) is >= 0 and var stop ? stop : rest.Length;
            if (length == 0) return TagShape.None;
            var name = rest[..length];
            rest = TrimStart(rest[length..]);
            if (rest is not ['=', ..])
            {
                if (!HtmlElements.IsValueless(name)) return TagShape.None;
                continue;
            }

            rest = TrimStart(rest[1..]);
            if (rest.IsEmpty) return TagShape.None;
            if (rest[0] is '"' or '\'')
            {
                var close = rest[1..].IndexOf(rest[0]);
                if (close < 0) return TagShape.Unfinished;
                rest = rest[(close + 2)..];
                continue;
            }

            length = rest.IndexOfAny(BareValueEnds) is >= 0 and var end ? end : rest.Length;
            if (length == 0 || rest[0] == '=') return TagShape.None;
            rest = rest[length..];
        }
    }

    /// <summary><c>&lt;?name a="b"?&gt;</c>; what is between other signs, as of PHP, is code and not markup.</summary>
    public static bool IsInstruction(ReadOnlySpan<char> inside) =>
        inside is ['?', _, .., '?'] && char.IsAsciiLetter(inside[1]) && NameOf(inside[1..^1]) is var name && ShapeOf(inside[(name.Length + 1)..^1]) is TagShape.Full or TagShape.Bare;

    /// <summary>The known elements, by number, that have a closing tag, written as it is or with entities; null where none has.</summary>
    public static bool[]? ClosedIn(string text)
    {
        bool[]? closed = null;
        for (var at = 0; at < text.Length && text.AsSpan(at).IndexOfAny(Closers) is >= 0 and var found;)
        {
            at += found + 2;
            var rest = text.AsSpan(at, Math.Min(text.Length - at, LongestName));
            var name = rest.IndexOfAny(NameStops) is > 0 and var stop ? rest[..stop] : [];
            if (!name.IsEmpty && HtmlElements.Of(name) is { Kind: not HtmlElement.None } element) (closed ??= new bool[HtmlElements.Count])[element.Number] = true;
        }

        return closed;
    }

    /// <summary>Whether the text is written in another XML: closing tags that HTML has not are half as many as its own. A prefix or a hyphen makes none (<c>o:p</c>, <c>my-icon</c>).</summary>
    public static bool IsForeign(string text)
    {
        var (own, foreign) = (0, 0);
        for (var at = 0; at < text.Length && text.AsSpan(at).IndexOf("</") is >= 0 and var found;)
        {
            at += found + 2;
            var rest = text.AsSpan(at, Math.Min(text.Length - at, LongestForeignName));
            if (rest.IndexOf('>') is not (> 0 and var stop)) continue;
            var name = rest[..stop];
            if (HtmlElements.Of(name).Kind != HtmlElement.None) own++;
            else if (char.IsAsciiLetter(name[0]) && !name.ContainsAnyExcept(ForeignNames)) foreign++;
        }

        return foreign > 1 && 2 * foreign >= own;
    }

    private static ReadOnlySpan<char> TrimStart(ReadOnlySpan<char> text) => text.IndexOfAnyExcept(Blanks) is >= 0 and var first ? text[first..] : [];
}
