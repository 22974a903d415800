using System.Buffers;
using System.Net;

namespace Pipeline.Data.Cleaning;

/// <summary>
/// Removes tags of known elements (<c>List&lt;T&gt;</c> stays), comments, scripts, the wrapping of CDATA and instructions of XML, and decodes entities. An opening tag without attributes whose element has to be closed is one
/// only where something closes it: <c>cp &lt;source&gt; &lt;target&gt;</c> stays, as do tags that a sentence speaks of, and the markup of texts in another XML. What decoding or removing brings to light is treated in the same pass, so the result holds nothing more to
/// strip. Linear time: a tag or entity is looked for backwards, from the character that ends it.
/// </summary>
public sealed class MarkupStripper
{
    private const int LongestTag = 4096;
    private const int LongestEntity = 32;

    /// <summary>Of the signs that may end a tag and stand in a value of it.</summary>
    private const int MostQuoted = 16;
    private const int MostRounds = 4;
    private const string Data = "<![CDATA[";

    private static readonly SearchValues<char> Suspects = SearchValues.Create("<&");

    /// <summary>Places of what may begin a tag; the complement of a place is one behind which those before it cannot.</summary>
    private readonly Stack<int> opened = new();
    private readonly string input;
    private char[] text;
    private int length;
    private int comment = -1, hidden = -1, data = -1;

    /// <summary>Characters that may still be looked at again because they stood in CDATA.</summary>
    private int again;
    private int quoted;

    /// <summary>What follows the character that is read.</summary>
    private char next;
    private bool[]? closed;
    private bool searched;

    private MarkupStripper(string input) => (this.input, text, again) = (input, new char[input.Length + 2], input.Length);

    public static string Strip(string input)
    {
        if (HtmlTag.IsForeign(input)) return input;
        for (var round = 0; round < MostRounds; round++)
        {
            var stripped = Once(input);
            if (ReferenceEquals(stripped, input)) break;
            input = stripped;
            // A closing tag that came to light may close what was taken for text.
            if (HtmlTag.ClosedIn(input) is null) break;
        }

        return input;
    }

    private static string Once(string input)
    {
        var first = input.AsSpan().IndexOfAny(Suspects);
        if (first < 0) return input;
        var stripper = new MarkupStripper(input);
        input.CopyTo(0, stripper.text, 0, first);
        stripper.length = first;
        for (var at = first; at < input.Length; at++)
        {
            stripper.next = at + 1 < input.Length ? input[at + 1] : '\n';
            stripper.Append(input[at]);
        }

        return stripper.length == input.Length && input.AsSpan().SequenceEqual(stripper.text.AsSpan(0, stripper.length)) ? input : new string(stripper.text, 0, stripper.length);
    }

    private void Append(char c)
    {
        if (length == text.Length) Array.Resize(ref text, length * 2);
        text[length++] = c;
        if (c == CodeShield.BlockMark) Forget();
        else if (c == '<' && comment < 0) opened.Push(length - 1);
        else if (c == '-' && comment < 0 && length >= 4 && text.AsSpan(length - 4, 4) is "<!--") comment = length - 4;
        else if (c == '[' && comment < 0 && length >= Data.Length && text.AsSpan(length - Data.Length, Data.Length) is Data) data = length - Data.Length;
        else if (c == '>' && data >= 0 && length >= data + Data.Length + 3 && text.AsSpan(length - 3, 3) is "]]>") EndData();
        else if (c == '>' && comment < 0) EndTag();
        else if (c == '>') EndComment();
        else if (c == ';') EndEntity();
    }

    /// <summary>Nothing that is open takes code with it when it closes.</summary>
    private void Forget()
    {
        Close();
        (comment, hidden, data) = (-1, -1, -1);
    }

    /// <summary>What is open can no longer become a tag, unless the last character goes again.</summary>
    private void Close()
    {
        if (opened.TryPeek(out var top) && top >= 0) opened.Push(~(length - 1));
    }

    private void EndTag()
    {
        if (!opened.TryPeek(out var start) || start < 0) return;
        var inside = text.AsSpan(start + 1, length - start - 2);
        var closing = inside.StartsWith('/');
        if (closing) inside = inside[1..];
        var name = HtmlTag.NameOf(inside);
        var element = HtmlElements.Of(name);
        var shape = inside.Length > LongestTag || IsMention(start, inside, name) ? TagShape.None : closing ? Closing(inside, name, element.Kind) : Opening(inside, name, element);
        if (shape == TagShape.Unfinished && quoted++ < MostQuoted) return;
        quoted = 0;
        if (shape is TagShape.None or TagShape.Unfinished)
        {
            // A literal '>' lies between them and any later one.
            Close();
            return;
        }

        var hides = element.Kind.HasFlag(HtmlElement.Hidden);
        CutTo(start);
        if (hides && closing && hidden >= 0) CutTo(hidden);
        if (element.Kind.HasFlag(HtmlElement.Block)) Append('\n');
        hidden = hides && !closing ? length : hidden;
        if (hides && closing) hidden = -1;
    }

    /// <summary>A bare tag within a sentence, with blanks or marks around it as a word has, is spoken of. Breaks are not, for they are written so.</summary>
    private bool IsMention(int start, ReadOnlySpan<char> inside, ReadOnlySpan<char> name) =>
        inside.Length == name.Length && start > 0 && text[start - 1] is (' ' or '(' or '"' or '\'') && next is (' ' or '.' or ',' or ';' or ':' or ')' or '?' or '!' or '"' or '\'') && !name.Equals("br", StringComparison.OrdinalIgnoreCase) && !name.Equals("hr", StringComparison.OrdinalIgnoreCase);

    private static TagShape Closing(ReadOnlySpan<char> inside, ReadOnlySpan<char> name, HtmlElement element) =>
        element != HtmlElement.None && HtmlTag.ShapeOf(inside[name.Length..]) == TagShape.Bare ? TagShape.Bare : TagShape.None;

    private TagShape Opening(ReadOnlySpan<char> inside, ReadOnlySpan<char> name, NamedElement element)
    {
        if (element.Kind == HtmlElement.None) return HtmlTag.IsInstruction(inside) ? TagShape.Full : TagShape.None;
        if (name[0] == '!') return TagShape.Full;
        var shape = HtmlTag.ShapeOf(inside[name.Length..]);
        if (shape != TagShape.Bare || element.Kind.HasFlag(HtmlElement.Alone)) return shape;
        if (!searched) (closed, searched) = (HtmlTag.ClosedIn(input), true);
        return closed?[element.Number] == true ? shape : TagShape.None;
    }

    /// <summary>What stood in CDATA is text, and read as such.</summary>
    private void EndData()
    {
        var held = text.AsSpan(data + Data.Length, length - data - Data.Length - 3).ToArray();
        if ((again -= held.Length) < 0) return;
        CutTo(data);
        foreach (var c in held) Append(c);
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
        quoted = 0;
        if (comment >= length) comment = -1;
        if (data >= length) data = -1;
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
