using System.Text;

namespace Pipeline.Data.Readers;

/// <summary>
/// Wikitext as text. A first pass resolves what nests (templates, links) and what is set off by tags (references, formulas, code), innermost first and without recursion; a second lays out lines: headings, lists, tables.
/// </summary>
internal sealed class WikiText
{
    // Begins a line that stands for a block of code kept aside.
    private const char CodeMark = '\u0001';

    private const int MostNesting = 64;
    private const int LongestLink = 4000;

    private readonly string wiki;
    private readonly StringBuilder output;
    private readonly Stack<(int Start, char Kind)> open = new();
    private readonly List<string> codes = [];
    private readonly HashSet<string> unclosed = new(StringComparer.OrdinalIgnoreCase);
    private int at;

    private WikiText(string wiki)
    {
        this.wiki = wiki.Replace(CodeMark, ' ');
        output = new(wiki.Length);
    }

    public static string ToText(string wiki)
    {
        var text = new WikiText(wiki.ReplaceLineEndings("\n"));
        text.Resolve();
        return WikiLines.Layout(text.output.ToString(), text.codes);
    }

    private void Resolve()
    {
        while (at < wiki.Length)
        {
            switch (wiki[at])
            {
                case '<' when Tag(): break;
                case '{' when Next("{{"): Begin('{'); break;
                case '[' when Next("[["): Begin('['); break;
                case '}' when Next("}}") && IsOpen('{'): End('{'); break;
                case ']' when Next("]]") && IsOpen('['): End('['); break;
                case '[' when WebLink(): break;
                case '\'' when Next("''"): while (at < wiki.Length && wiki[at] == '\'') at++; break;
                case '_' when Switch(): break;
                default: output.Append(wiki[at++]); break;
            }
        }
    }

    private bool Next(string mark) => wiki.AsSpan(at).StartsWith(mark);

    private void Begin(char kind)
    {
        if (open.Count < MostNesting) open.Push((output.Length, kind));
        else output.Append(wiki, at, 2);
        at += 2;
    }

    private bool IsOpen(char kind)
    {
        if (!open.Any(o => o.Kind == kind)) return false;
        // What was begun inside and not ended is text.
        while (open.Peek().Kind != kind) open.Pop();
        return true;
    }

    private void End(char kind)
    {
        var start = open.Pop().Start;
        var content = output.ToString(start, output.Length - start);
        output.Length = start;
        output.Append(kind == '{' ? WikiTemplates.Shown(content) : WikiLinks.Shown(content));
        at += 2;
    }

    /// <summary>[http://address words] is its words.</summary>
    private bool WebLink()
    {
        var rest = wiki.AsSpan(at + 1, Math.Min(LongestLink, wiki.Length - at - 1));
        if (!(rest.StartsWith("http", StringComparison.OrdinalIgnoreCase) || rest.StartsWith("//") || rest.StartsWith("ftp:") || rest.StartsWith("mailto:"))) return false;
        var end = rest.IndexOfAny(']', '\n');
        if (end < 0 || rest[end] != ']') return false;
        var space = rest[..end].IndexOf(' ');
        at += space < 0 ? end + 2 : space + 2;
        if (space < 0) return true;
        // The words may hold more markup; only the bracket after them is passed over.
        var words = rest[(space + 1)..end];
        output.Append(words);
        at += words.Length + 1;
        return true;
    }

    /// <summary>__NOTOC__ and the like.</summary>
    private bool Switch()
    {
        if (!Next("__")) return false;
        var end = at + 2;
        while (end < wiki.Length && char.IsAsciiLetterUpper(wiki[end])) end++;
        if (end - at < 5 || end + 1 >= wiki.Length || wiki[end] != '_' || wiki[end + 1] != '_') return false;
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
        if (name is "br" or "p" or "div" or "blockquote" or "center" or "li" or "tr") output.Append('\n');
        else if (name is "hr" or "references") output.Append("\n\n");
        else if (name is "td" or "th") output.Append(' ');
    }

    /// <summary>Of an element whose content is no wikitext: what is shown of it. False for all others.</summary>
    private bool Content(string name)
    {
        if (name is not ("ref" or "gallery" or "timeline" or "imagemap" or "score" or "templatestyles" or "math" or "chem" or "pre" or "source" or "syntaxhighlight" or "nowiki" or "code") || unclosed.Contains(name)) return false;
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
            case "math" or "chem":
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
