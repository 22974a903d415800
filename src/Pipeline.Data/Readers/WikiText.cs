using System.Text;

namespace Pipeline.Data.Readers;

/// <summary>
/// Wikitext as text. A first pass resolves what nests (templates, links) and what is set off by tags (references, formulas, code), innermost first and without recursion; a second lays out lines: headings, lists, tables.
/// </summary>
internal sealed class WikiText
{
    // Begins a line that stands for a block of code kept aside.
    private const char CodeMark = '\u0001';

    /// <summary>Stands where something was taken out, see <see cref="WikiGaps"/>.</summary>
    public const char Gap = '\u0002';

    private const int MostNesting = 64;
    private const int LongestLink = 4000;
    private const int LongestSwitch = 60;

    private static readonly System.Buffers.SearchValues<char> ScriptNames = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz- ");

    private readonly string wiki;
    private readonly StringBuilder output;
    private readonly Stack<(int Start, char Kind)> open = new();
    private readonly List<string> codes = [];
    private readonly HashSet<string> unclosed = new(StringComparer.OrdinalIgnoreCase);
    private readonly WikiNamespaces namespaces;

    /// <summary>Where the brackets of web links end whose words are shown.</summary>
    private readonly HashSet<int> linkEnds = [];
    private int at;

    private WikiText(string wiki, WikiNamespaces namespaces)
    {
        this.namespaces = namespaces;
        this.wiki = wiki.Replace(CodeMark, ' ').Replace(Gap, ' ');
        output = new(wiki.Length);
    }

    public static string ToText(string wiki, WikiNamespaces namespaces)
    {
        var text = new WikiText(wiki.ReplaceLineEndings("\n"), namespaces);
        text.Resolve();
        return WikiLines.Layout(WikiGaps.Close(text.output), text.codes);
    }

    private void Resolve()
    {
        while (at < wiki.Length)
        {
            switch (wiki[at])
            {
                case '<' when Tag(): break;
                case '{' when Next("{{{") && !Next("{{{{"): Begin('<', 3); break;
                case '{' when Next("{{"): Begin('{'); break;
                case '[' when Next("[["): Begin('['); break;
                case '}' when Next("}}}") && open.TryPeek(out var inner) && inner.Kind == '<': End('<', 3); break;
                case '}' when Next("}}") && IsOpen('{'): End('{'); break;
                case '-' when Next("-{") && Variant(): break;
                case ']' when linkEnds.Remove(at): at++; break;
                case ']' when Next("]]") && IsOpen('['): End('['); break;
                case '[' when WebLink(): break;
                case '\'' when Next("''"): while (at < wiki.Length && wiki[at] == '\'') at++; break;
                case '_' when Switch(): break;
                default: output.Append(wiki[at++]); break;
            }
        }
    }

    private bool Next(string mark) => wiki.AsSpan(at).StartsWith(mark);

    /// <param name="kind">The first of its marks; <c>&lt;</c> for a parameter of a template, <c>{{{1|otherwise}}}</c>.</param>
    private void Begin(char kind, int marks = 2)
    {
        if (open.Count < MostNesting) open.Push((output.Length, kind));
        else output.Append(wiki, at, marks);
        at += marks;
    }

    private bool IsOpen(char kind)
    {
        if (!open.Any(o => o.Kind == kind)) return false;
        // What was begun inside and not ended is text.
        while (open.Peek().Kind != kind) open.Pop();
        return true;
    }

    private void End(char kind, int marks = 2)
    {
        var start = open.Pop().Start;
        var content = output.ToString(start, output.Length - start);
        output.Length = start;
        var shown = kind switch
        {
            '{' => WikiTemplates.Shown(content),
            '[' => WikiLinks.Shown(content, namespaces),
            _ => content.IndexOf('|', StringComparison.Ordinal) is >= 0 and var bar ? content[(bar + 1)..] : "",
        };
        if (shown.Length > 0) output.Append(shown);
        else output.Append(Gap);
        at += marks;
    }

    /// <summary>Words in one of several scripts, <c>-{zh-hans:…; zh-hant:…}-</c>: the first.</summary>
    private bool Variant()
    {
        var rest = wiki.AsSpan(at + 2, Math.Min(LongestLink, wiki.Length - at - 2));
        var end = rest.IndexOf("}-");
        if (end < 0 || rest[..end].ContainsAny("{}\n")) return false;
        var words = rest[..end];
        var flag = words.IndexOf('|');
        // Rules for the rest of the page are not shown.
        if (flag >= 0 && words[..flag].ContainsAny("HT")) words = "";
        else if (flag >= 0) words = words[(flag + 1)..];
        if (words.IndexOf(':') is > 0 and var colon && !words[..colon].ContainsAnyExcept(ScriptNames))
            words = words[(colon + 1)..] is var named && named.IndexOf(';') is >= 0 and var next ? named[..next] : named;
        output.Append(words.Trim());
        at += end + 4;
        return true;
    }

    /// <summary>[http://address words] is its words.</summary>
    private bool WebLink()
    {
        var rest = wiki.AsSpan(at + 1, Math.Min(LongestLink, wiki.Length - at - 1));
        if (!(rest.StartsWith("http", StringComparison.OrdinalIgnoreCase) || rest.StartsWith("//") || rest.StartsWith("ftp:") || rest.StartsWith("mailto:"))) return false;
        var end = EndOfLink(rest);
        if (end < 0) return false;
        var space = rest[..end].IndexOf(' ');
        if (space < 0)
        {
            output.Append(Gap);
            at += end + 2;
            return true;
        }

        // The words may hold more markup; only the bracket after them is passed over.
        linkEnds.Add(at + 1 + end);
        at += space + 2;
        return true;
    }

    /// <summary>The bracket that ends a web link, in whose words there may be other links; -1 where its line has none.</summary>
    private static int EndOfLink(ReadOnlySpan<char> rest)
    {
        for (var (i, inner) = (0, 0); i < rest.Length && rest[i] != '\n'; i++)
        {
            if (rest[i..].StartsWith("[[")) (inner, i) = (inner + 1, i + 1);
            else if (inner > 0 && rest[i..].StartsWith("]]")) (inner, i) = (inner - 1, i + 1);
            else if (rest[i] == ']') return i;
        }

        return -1;
    }

    /// <summary>__NOTOC__ and the like.</summary>
    private bool Switch()
    {
        if (!Next("__")) return false;
        var end = at + 2;
        // In the language of the wiki, with single underscores within.
        while (end < wiki.Length && end - at < LongestSwitch && (char.IsUpper(wiki[end]) || char.GetUnicodeCategory(wiki[end]) == System.Globalization.UnicodeCategory.OtherLetter || (wiki[end] == '_' && end + 1 < wiki.Length && char.IsUpper(wiki[end + 1])))) end++;
        if (end - at < 5 || end + 1 >= wiki.Length || wiki[end] != '_' || wiki[end + 1] != '_') return false;
        output.Append(Gap);
        at = end + 2;
        return true;
    }

    private bool Tag()
    {
        if (Next("<!--"))
        {
            var close = wiki.IndexOf("-->", at, StringComparison.Ordinal);
            at = close < 0 ? wiki.Length : close + 3;
            return true;
        }

        var start = at + 1;
        var closing = start < wiki.Length && wiki[start] == '/';
        if (closing) start++;
        var end = start;
        while (end < wiki.Length && end - start < 20 && char.IsAsciiLetterOrDigit(wiki[end])) end++;
        if (end == start) return false;
        var stop = wiki.AsSpan(end, Math.Min(2000, wiki.Length - end)).IndexOf('>');
        if (stop < 0) return false;
        var (name, empty) = (wiki[start..end].ToLowerInvariant(), wiki[end + stop - 1] == '/');
        at = end + stop + 1;
        if (closing || empty || !Content(name)) Break(name);
        return true;
    }

    private void Break(string name)
    {
        if (name == "br") output.Append(' ');
        else if (name is "p" or "div" or "blockquote" or "center" or "li" or "tr") output.Append('\n');
        else if (name is "hr" or "references") output.Append("\n\n");
        else if (name is "td" or "th") output.Append(' ');
    }

    /// <summary>Of an element whose content is no wikitext: what is shown of it. False for all others.</summary>
    private bool Content(string name)
    {
        if (name is not ("ref" or "gallery" or "timeline" or "includeonly" or "hiero" or "graph" or "mapframe" or "maplink" or "templatedata" or "categorytree" or "inputbox" or "indicator" or "imagemap" or "score" or "templatestyles" or "math" or "chem" or "ce" or "pre" or "source" or "syntaxhighlight" or "nowiki" or "code") || unclosed.Contains(name)) return false;
        if (name == "code") return false;
        var close = wiki.IndexOf("</" + name, at, StringComparison.OrdinalIgnoreCase);
        if (close < 0)
        {
            unclosed.Add(name);
            return false;
        }

        var content = wiki.AsSpan(at, close - at);
        switch (name)
        {
            case "math" or "chem" or "ce":
                output.Append('$').Append(content.Trim().ToString().Replace('\n', ' ')).Append('$');
                break;
            case "nowiki":
                output.Append(content);
                break;
            case "pre" or "source" or "syntaxhighlight":
                codes.Add(content.ToString());
                output.Append('\n').Append(CodeMark).Append(codes.Count - 1).Append('\n');
                break;
        }

        var end = wiki.IndexOf('>', close);
        at = end < 0 ? wiki.Length : end + 1;
        return true;
    }
}
