using System.Buffers;
using System.Text;

namespace Pipeline.Data.Cleaning;

/// <summary>Every kind of blank becomes a space, runs of them one but between the columns of a table, lines lose their trailing blanks, and empty lines beyond the limit go.</summary>
internal static class Whitespace
{
    private static readonly SearchValues<char> OddBlanks = SearchValues.Create("\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000");
    private static readonly SearchValues<char> LineBreaks = SearchValues.Create("\n");

    public static string Clean(string text, bool keepIndentation, int maximumNewlines)
    {
        if (IsClean(text, maximumNewlines)) return text;
        var cleaned = new StringBuilder(text.Length);
        var columns = Columns.In(text);
        var (newlines, number) = (0, -1);
        foreach (var range in text.AsSpan().SplitAny(LineBreaks))
        {
            number++;
            var line = text.AsSpan(range);
            var content = line.Trim();
            if (content.IsEmpty)
            {
                newlines++;
                continue;
            }

            if (cleaned.Length > 0) cleaned.Append('\n', Math.Min(newlines, maximumNewlines));
            newlines = 1;
            var (indent, kept) = (line.IndexOf(content[0]), columns?[number] ?? 0);
            // What goes on with a cell of a table begins where that does.
            if (keepIndentation || kept > 0) Indent(cleaned, line[..indent]);
            var columnsEnd = Math.Clamp(kept - indent, 0, content.Length);
            Plain(cleaned, content[..columnsEnd]);
            Collapse(cleaned, content[columnsEnd..]);
        }

        return cleaned.Length == text.Length && cleaned.Equals(text) ? text : cleaned.ToString();
    }

    private static void Indent(StringBuilder cleaned, ReadOnlySpan<char> indent)
    {
        // The first line of a text begins where the text begins.
        if (cleaned.Length == 0) return;
        foreach (var c in indent) cleaned.Append(c == '\t' ? '\t' : ' ');
    }

    /// <summary>Blanks stay as many as they are, and tabs tabs.</summary>
    private static void Plain(StringBuilder cleaned, ReadOnlySpan<char> line)
    {
        foreach (var c in line) cleaned.Append(c != '\t' && OddBlanks.Contains(c) ? ' ' : c);
    }

    private static void Collapse(StringBuilder cleaned, ReadOnlySpan<char> line)
    {
        if (line.IndexOf("  ") < 0 && !line.ContainsAny(OddBlanks))
        {
            cleaned.Append(line);
            return;
        }

        var blank = false;
        foreach (var c in line)
        {
            if (c == ' ' || OddBlanks.Contains(c))
            {
                blank = true;
                continue;
            }

            if (blank) cleaned.Append(' ');
            blank = false;
            cleaned.Append(c);
        }
    }

    /// <summary>Most texts have nothing to clean, and that is quick to see.</summary>
    private static bool IsClean(ReadOnlySpan<char> text, int maximumNewlines) =>
        !text.IsEmpty && !char.IsWhiteSpace(text[0]) && !char.IsWhiteSpace(text[^1]) && !text.ContainsAny(OddBlanks)
        && text.IndexOf("  ") < 0 && text.IndexOf(" \n") < 0 && (maximumNewlines > 1 ? text.IndexOf("\n\n\n") < 0 && maximumNewlines == 2 : text.IndexOf("\n\n") < 0)
        && text.IndexOf("\n ") < 0;
}
