using System.Buffers;

namespace Pipeline.Data.Extraction;

/// <summary>A tolerant reader of HTML and XHTML: one pass over the characters, linear in their number, that never fails.</summary>
internal sealed class PageParser
{
    private const int MostAttributes = 64;
    private const int MostNodes = 1_000_000;

    private static readonly SearchValues<char> NameEnds = SearchValues.Create(" \t\r\n\f/>");
    private static readonly SearchValues<char> AttributeEnds = SearchValues.Create(" \t\r\n\f/>=");
    private static readonly SearchValues<char> ValueEnds = SearchValues.Create(" \t\r\n\f>");

    private readonly string html;
    private readonly bool xml;
    private readonly PageBuilder builder;
    private int at;

    private PageParser(string html, bool xml)
    {
        (this.html, this.xml) = (html, xml);
        builder = new(html.Length / 2);
    }

    /// <summary>Null for a page with more elements than a page has.</summary>
    /// <param name="xml">An element that ends itself (<c>&lt;a/&gt;</c>) has no content, as in XHTML.</param>
    public static PageTree? Parse(string html, bool xml = false)
    {
        var parser = new PageParser(html, xml);
        parser.Run();
        return parser.builder.NodeCount >= MostNodes ? null : parser.builder.ToTree();
    }

    private void Run()
    {
        while (at < html.Length && builder.NodeCount < MostNodes)
        {
            var next = html.IndexOf('<', at);
            if (next < 0) next = html.Length;
            var text = at;
            // A '<' that begins no tag is text.
            while (next + 1 < html.Length && !(char.IsAsciiLetter(html[next + 1]) || html[next + 1] is '/' or '!' or '?'))
            {
                next = html.IndexOf('<', next + 1);
                if (next < 0) next = html.Length;
            }

            if (next + 1 == html.Length) next = html.Length;
            builder.Text(html.AsSpan(text, next - text));
            at = next;
            if (at < html.Length) Markup();
        }
    }

    private void Markup()
    {
        switch (html[at + 1])
        {
            case '!':
                Declaration();
                break;
            case '?':
                SkipPast(">");
                break;
            case '/':
                at += 2;
                var name = Name();
                var close = html.IndexOf('>', at);
                at = close < 0 ? html.Length : close + 1;
                if (!name.IsEmpty) builder.End(Tags.Named(name));
                break;
            default:
                at++;
                StartTag();
                break;
        }
    }

    private void Declaration()
    {
        if (html.AsSpan(at).StartsWith("<!--"))
        {
            if (html.AsSpan(at + 4).StartsWith(">") || html.AsSpan(at + 4).StartsWith("->"))
            {
                SkipPast(">");
                return;
            }

            at += 4;
            SkipPast("-->");
        }
        else if (html.AsSpan(at).StartsWith("<![CDATA["))
        {
            var end = html.IndexOf("]]>", at, StringComparison.Ordinal);
            if (end < 0) end = html.Length;
            if (xml) builder.Text(html.AsSpan(at + 9, Math.Max(0, end - at - 9)), decode: false);
            at = Math.Min(html.Length, end + 3);
        }
        else
        {
            SkipPast(">");
        }
    }

    private void SkipPast(string mark)
    {
        var end = html.IndexOf(mark, at, StringComparison.Ordinal);
        at = end < 0 ? html.Length : end + mark.Length;
    }

    private ReadOnlySpan<char> Name()
    {
        var length = html.AsSpan(at).IndexOfAny(NameEnds);
        if (length < 0) length = html.Length - at;
        var name = html.AsSpan(at, length);
        at += length;
        // XHTML may give its elements a prefix.
        return xml && name.IndexOf(':') is >= 0 and var colon ? name[(colon + 1)..] : name;
    }

    private void StartTag()
    {
        var tag = Tags.Named(Name());
        var first = builder.AttributeCount;
        var empty = Attributes(first) && xml;
        builder.Start(tag, first, empty);
        if (tag.Is(Traits.Raw) && !empty) RawText(tag);
    }

    /// <summary>True where the tag ends itself.</summary>
    private bool Attributes(int first)
    {
        while (at < html.Length)
        {
            var c = html[at];
            if (c == '>')
            {
                at++;
                return html[at - 2] == '/';
            }

            if (c == '/' || char.IsWhiteSpace(c))
            {
                at++;
                continue;
            }

            var length = html.AsSpan(at + 1).IndexOfAny(AttributeEnds);
            var end = length < 0 ? html.Length : at + 1 + length;
            var name = AttributeNames.Named(html.AsSpan(at, end - at));
            at = end;
            var value = Value();
            if (name != PageAttribute.None && builder.AttributeCount - first < MostAttributes) builder.Attribute(name, value);
        }

        return false;
    }

    private ReadOnlySpan<char> Value()
    {
        var sign = at;
        while (sign < html.Length && char.IsWhiteSpace(html[sign])) sign++;
        if (sign >= html.Length || html[sign] != '=') return default;
        at = sign + 1;
        while (at < html.Length && char.IsWhiteSpace(html[at])) at++;
        if (at >= html.Length) return default;
        if (html[at] is '"' or '\'')
        {
            var quote = html[at++];
            var close = html.IndexOf(quote, at);
            if (close < 0) close = html.Length;
            var quoted = html.AsSpan(at, close - at);
            at = Math.Min(html.Length, close + 1);
            return quoted;
        }

        var length = html.AsSpan(at).IndexOfAny(ValueEnds);
        if (length < 0) length = html.Length - at;
        var bare = html.AsSpan(at, length);
        at += length;
        return bare;
    }

    private void RawText(Tag tag)
    {
        var end = "</" + tag.ToString().ToLowerInvariant();
        var close = tag == Tag.Plaintext ? -1 : html.IndexOf(end, at, StringComparison.OrdinalIgnoreCase);
        if (close < 0) close = html.Length;
        var content = html.AsSpan(at, close - at);
        // Programs and styles are never text; what begins like JSON may be data about the page.
        if (tag is not (Tag.Style or Tag.Iframe or Tag.Script) || tag == Tag.Script && content.TrimStart() is ['{' or '[' or '<', ..]) builder.Text(content, decode: tag is Tag.Title or Tag.Textarea);
        at = close;
        if (at >= html.Length) return;
        SkipPast(">");
        builder.End(tag);
    }
}
