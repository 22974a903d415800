using System.Buffers;

namespace Pipeline.Data.Cleaning;

/// <summary>The parts of a text between the opening and closing tags of a page's elements, or of documentation in XML. Their lines are no text before the markup is gone: lines of scripts are to go, and entities in listings to be decoded.</summary>
internal sealed class PageMarkup
{
    private const int LongestName = 10;

    private static readonly SearchValues<char> NameEnds = SearchValues.Create(" \t\r\n\f/>");
    private static readonly string[] Names = ["script", "style", "head", "body", "html", "pre", "code", "p", "div", "li", "ul", "ol", "td", "table", "blockquote", "summary", "member", "remarks", "textarea"];

    /// <summary>Of the names, so many hide what is in them.</summary>
    private const int Hiding = 2;

    private readonly List<(int Start, int End, bool Hides)> parts = [];
    private int next;

    private PageMarkup()
    {
    }

    public static PageMarkup In(string text)
    {
        var page = new PageMarkup();
        if (text.Contains("</", StringComparison.Ordinal)) page.Read(text);
        return page;
    }

    /// <summary>Whether a line begins in such a part, or has what is hidden in it; asked from line to line.</summary>
    public bool Holds(string text, int at, int to)
    {
        if (parts.Count == 0) return false;
        at += text.AsSpan(at, to - at).IndexOfAnyExcept(' ', '\t') is > 0 and var indent ? indent : 0;
        while (next < parts.Count && parts[next].End <= at) next++;
        return next < parts.Count && (parts[next].Start <= at || (parts[next].Hides && parts[next].Start < to));
    }

    private void Read(string text)
    {
        var (open, counts) = (new List<(int Name, int At)>(), new int[Names.Length]);
        for (var at = 0; at < text.Length && text.AsSpan(at).IndexOf('<') is >= 0 and var found;)
        {
            at += found;
            var closing = at + 1 < text.Length && text[at + 1] == '/';
            var inside = text.AsSpan(Math.Min(text.Length, at + (closing ? 2 : 1)));
            inside = inside[..Math.Min(inside.Length, LongestName + 1)];
            var name = inside.IndexOfAny(NameEnds) is > 0 and var length ? NumberOf(inside[..length]) : -1;
            if (name >= 0 && !closing && (name < Hiding || BeginsLine(text, at)))
            {
                open.Add((name, at));
                counts[name]++;
            }
            else if (name >= 0 && closing && counts[name] > 0)
            {
                // What is open within it ends with it.
                (int Name, int At) last;
                do
                {
                    last = open[^1];
                    open.RemoveAt(open.Count - 1);
                    counts[last.Name]--;
                }
                while (last.Name != name);

                var hides = false;
                while (parts is [.., var inner] && inner.Start > last.At)
                {
                    hides |= inner.Hides;
                    parts.RemoveAt(parts.Count - 1);
                }

                parts.Add((last.At, at + 1, hides || last.Name < Hiding));
            }

            at++;
        }
    }

    /// <summary>With nothing before it in its line, or another tag: in a line of a program tags are a text.</summary>
    private static bool BeginsLine(string text, int at)
    {
        while (at > 0 && text[at - 1] is ' ' or '\t') at--;
        return at == 0 || text[at - 1] is '\n' or '>';
    }

    private static int NumberOf(ReadOnlySpan<char> name)
    {
        for (var i = 0; i < Names.Length; i++)
            if (name.Equals(Names[i], StringComparison.OrdinalIgnoreCase)) return i;
        return -1;
    }
}
