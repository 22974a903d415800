using System.Buffers;
using System.Collections.Frozen;
using System.Net;

namespace Pipeline.Data.Cleaning;

/// <summary>
/// Removes HTML tags (of known elements only: <c>List&lt;T&gt;</c> stays), comments and scripts, and decodes entities. What decoding or removing brings to light is
/// treated in the same pass, so the result holds nothing more to strip. Linear time: a tag or entity is looked for backwards, from the character that ends it.
/// </summary>
public sealed class MarkupStripper
{
    private const int LongestTag = 4096;
    private const int LongestEntity = 32;

    private static readonly SearchValues<char> Suspects = SearchValues.Create("<&");

    // Elements whose removal must not join the words around them.
    private static readonly FrozenSet<string> Blocks = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "address", "article", "aside", "blockquote", "body", "br", "center", "dd", "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
        "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "li", "main", "nav", "ol", "option", "p", "pre", "section", "select", "summary", "table", "tbody",
        "td", "tfoot", "th", "thead", "title", "tr", "ul", "script", "style", "noscript", "iframe", "textarea");

    private static readonly FrozenSet<string> Inlines = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "a", "abbr", "acronym", "audio", "b", "base", "bdi", "bdo", "big", "button", "canvas", "cite", "code", "col", "colgroup", "data", "del", "dfn", "em", "embed", "font", "i",
        "img", "input", "ins", "kbd", "label", "legend", "link", "map", "mark", "meta", "meter", "object", "param", "picture", "progress", "q", "rp", "rt", "ruby", "s", "samp",
        "small", "source", "span", "strike", "strong", "sub", "sup", "svg", "path", "template", "time", "tt", "u", "var", "video", "wbr", "!doctype");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> BlockNames = Blocks.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> InlineNames = Inlines.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Places of what may begin a tag; the complement of a place is one behind which those before it cannot.</summary>
    private readonly Stack<int> opened = new();
    private char[] text;
    private int length;
    private int comment = -1, hidden = -1;

    private MarkupStripper(int capacity) => text = new char[capacity];

    public static string Strip(string input)
    {
        var first = input.AsSpan().IndexOfAny(Suspects);
        if (first < 0) return input;
        var stripper = new MarkupStripper(input.Length + 2);
        input.CopyTo(0, stripper.text, 0, first);
        stripper.length = first;
        foreach (var c in input.AsSpan(first)) stripper.Append(c);
        return stripper.length == input.Length && input.AsSpan().SequenceEqual(stripper.text.AsSpan(0, stripper.length)) ? input : new string(stripper.text, 0, stripper.length);
    }

    private void Append(char c)
    {
        if (length == text.Length) Array.Resize(ref text, length * 2);
        text[length++] = c;
        if (c == CodeShield.BlockMark) Forget();
        else if (c == '<' && comment < 0) opened.Push(length - 1);
        else if (c == '-' && comment < 0 && length >= 4 && text.AsSpan(length - 4, 4) is "<!--") comment = length - 4;
        else if (c == '>' && comment < 0) EndTag();
        else if (c == '>') EndComment();
        else if (c == ';') EndEntity();
    }

    /// <summary>Nothing that is open takes code with it when it closes.</summary>
    private void Forget()
    {
        Close();
        (comment, hidden) = (-1, -1);
    }

    /// <summary>What is open can no longer become a tag, unless the last character goes again.</summary>
    private void Close()
    {
        if (opened.TryPeek(out var top) && top >= 0) opened.Push(~(length - 1));
    }

    private void EndTag()
    {
        if (!opened.TryPeek(out var start) || start < 0) return;
        var tag = text.AsSpan(start + 1, length - start - 2);
        var closing = tag.StartsWith('/');
        if (closing) tag = tag[1..];
        var end = tag.IndexOfAny(" \t\r\n/");
        var name = end < 0 ? tag : tag[..end];
        var block = BlockNames.Contains(name);
        if (tag.Length > LongestTag || !(block || InlineNames.Contains(name)))
        {
            // A literal '>' lies between them and any later one.
            Close();
            return;
        }

        var hides = name.Equals("script", StringComparison.OrdinalIgnoreCase) || name.Equals("style", StringComparison.OrdinalIgnoreCase);
        CutTo(start);
        if (hides && closing && hidden >= 0) CutTo(hidden);
        if (block) Append('\n');
        hidden = hides && !closing ? length : hidden;
        if (hides && closing) hidden = -1;
    }

    private void EndComment()
    {
        if (length - comment < 7 || text.AsSpan(length - 3, 3) is not "-->") return;
        CutTo(comment);
        // What stands before and after must not become a tag together.
        Append(' ');
    }

    private void CutTo(int position)
    {
        length = position;
        while (opened.TryPeek(out var top) && (top < 0 ? ~top : top) >= length) opened.Pop();
        if (comment >= length) comment = -1;
        if (hidden > length) hidden = -1;
    }

    private void EndEntity()
    {
        var window = text.AsSpan(Math.Max(0, length - LongestEntity), Math.Min(length, LongestEntity));
        var at = window.LastIndexOf('&');
        if (at < 0) return;
        var entity = window[at..].ToString();
        var decoded = WebUtility.HtmlDecode(entity);
        if (decoded == entity || CodeShield.HasMarks(decoded)) return;
        CutTo(length - entity.Length);
        foreach (var c in decoded) Append(c);
    }
}
