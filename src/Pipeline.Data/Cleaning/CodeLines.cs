using System.Buffers;

namespace Pipeline.Data.Cleaning;

/// <summary>
/// Code in plain text that nothing marks: literal blocks of reStructuredText, and runs of lines with at least one that is code beyond doubt (<see cref="CodeLine"/>) and neighbours that look like it. A line of prose ends a run.
/// Linear time: a line is looked at when it has what such a line must have, and once as the neighbour of one.
/// </summary>
internal static class CodeLines
{
    /// <summary>Empty lines that a run may have between two of its lines.</summary>
    private const int MostEmpty = 2;
    private const int MostOptions = 16;

    /// <summary>What a line of code beyond doubt begins or ends with has one of these in it.</summary>
    private static readonly SearchValues<char> Anchors = SearchValues.Create(";{}:/#$>");

    private static readonly string[] Literals = ["code", "code-block", "sourcecode", "parsed-literal", "highlight", "math", "doctest", "testcode", "testsetup", "prompt", "ipython"];

    /// <summary>Between two places of a text, the second the end of a line or of the text.</summary>
    public static void AddTo(List<CodeRegion> regions, string text, int start, int end)
    {
        var floor = start;
        for (var at = start; at < end;)
        {
            // The first line and the last have no line break on one side; all others are found by what they have.
            var from = at;
            if (at != start)
            {
                from = NextAnchor(text, at, end) is >= 0 and var found ? StartOfLine(text, found, at) : LastLine(text, at, end);
                if (from >= end) break;
            }

            var to = EndOfLine(text, from, end);
            var line = text.AsSpan(from, to - from);
            if (Literal(line) && IndentedBelow(text, from, to, end) is { End: > 0 } block)
            {
                regions.Add(block);
                at = floor = Math.Min(end, block.End + 1);
            }
            else if (CodeLine.IsCertain(line))
            {
                var first = Above(text, from, floor);
                var last = Below(text, to, end);
                regions.Add(new(CodeKind.Block, first, last));
                at = floor = Math.Min(end, last + 1);
            }
            else
            {
                at = to + 1;
            }
        }
    }

    /// <summary>The place of a sign in a line that may be code; -1 where there is none.</summary>
    private static int NextAnchor(string text, int at, int end)
    {
        for (; at < end && text.AsSpan(at, end - at).IndexOfAny(Anchors) is >= 0 and var found; at++)
        {
            at += found;
            var (before, after) = (at > 0 ? text[at - 1] : '\n', at + 1 < end ? text[at + 1] : '\n');
            var (begins, ends) = (before is '\n' or ' ' or '\t', after is '\n' or '\r');
            var may = text[at] switch
            {
                ';' or '{' or '}' => ends,
                ':' => (ends && before is ')' or ']' or ':') || (before == ':' && after == ' ') || after is '~' or '/' or '\\',
                '/' => begins && after is '/' or '*',
                '#' => begins,
                '$' => begins && after == ' ',
                _ => before == '>' && after == ' ',
            };
            if (may) return at;
        }

        return -1;
    }

    private static int LastLine(string text, int at, int end) => Math.Max(at, text.LastIndexOf('\n', end - 1, end - at) + 1);

    private static int StartOfLine(string text, int at, int least) => Math.Max(least, at == 0 ? 0 : text.LastIndexOf('\n', at - 1, at - least) + 1);

    private static int EndOfLine(string text, int start, int end) => text.IndexOf('\n', start, end - start) is >= 0 and var feed ? feed : end;

    /// <summary>A paragraph that ends in two colons, or a directive whose content is code.</summary>
    private static bool Literal(ReadOnlySpan<char> line)
    {
        var body = line.Trim();
        if (!body.StartsWith(".. ")) return body.EndsWith("::") && (body.Length == 2 || body[^3] is ' ' or ')' or '"' or '`' or '*' || char.IsLetterOrDigit(body[^3]));
        var name = body[3..];
        if (name.IndexOf("::") is not (> 0 and var colons)) return false;
        name = name[..colons];
        foreach (var literal in Literals)
            if (name.SequenceEqual(literal)) return true;
        return false;
    }

    /// <summary>The lines below that are indented deeper, behind at least one empty line.</summary>
    private static CodeRegion IndentedBelow(string text, int from, int to, int end)
    {
        var outer = Indentation(text.AsSpan(from, to - from));
        var (first, last, empty, options) = (-1, -1, false, 0);
        for (var start = to + 1; start < end;)
        {
            var stop = EndOfLine(text, start, end);
            var line = text.AsSpan(start, stop - start);
            if (line.IsWhiteSpace()) empty = true;
            else if (Indentation(line) <= outer || (!empty && (!line.TrimStart().StartsWith(':') || ++options > MostOptions))) break;
            else if (empty) (first, last) = (first < 0 ? start : first, CodeRegion.WithoutReturn(text, stop));
            start = stop + 1;
        }

        return first < 0 ? default : new(CodeKind.Block, first, last);
    }

    private static int Above(string text, int from, int floor)
    {
        var (first, empty) = (from, 0);
        for (var end = from - 1; end > floor;)
        {
            var start = StartOfLine(text, end, floor);
            var line = text.AsSpan(start, end - start);
            if (line.IsWhiteSpace() ? ++empty > MostEmpty : !CodeLine.IsLikely(line, apart: empty > 0)) break;
            if (!line.IsWhiteSpace()) (first, empty) = (start, 0);
            end = start - 1;
        }

        return first;
    }

    private static int Below(string text, int to, int end)
    {
        var (last, empty) = (CodeRegion.WithoutReturn(text, to), 0);
        for (var start = to + 1; start < end;)
        {
            var stop = EndOfLine(text, start, end);
            var line = text.AsSpan(start, stop - start);
            if (line.IsWhiteSpace() ? ++empty > MostEmpty : !CodeLine.IsLikely(line, apart: empty > 0)) break;
            if (!line.IsWhiteSpace()) (last, empty) = (CodeRegion.WithoutReturn(text, stop), 0);
            start = stop + 1;
        }

        return last;
    }

    private static int Indentation(ReadOnlySpan<char> line)
    {
        var width = 0;
        foreach (var c in line)
        {
            if (c is not (' ' or '\t')) break;
            width += c == '\t' ? 8 - (width % 8) : 1;
        }

        return width;
    }
}
