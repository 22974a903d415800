namespace Pipeline.Data.Cleaning;

/// <summary>Literal blocks of reStructuredText: what is indented below a line that ends in two colons, or below a directive whose content is code.</summary>
internal static class LiteralBlocks
{
    private const int MostOptions = 16;

    private static readonly string[] Literals = ["code", "code-block", "sourcecode", "parsed-literal", "highlight", "math", "doctest", "testcode", "testsetup", "prompt", "ipython"];

    /// <summary>The block that the line between two places opens; empty where it opens none.</summary>
    public static CodeRegion Below(string text, int from, int to, int end)
    {
        var line = text.AsSpan(from, to - from);
        return Opens(line) ? IndentedBelow(text, from, to, end) : default;
    }

    /// <summary>A paragraph that ends in two colons, or a directive whose content is code.</summary>
    private static bool Opens(ReadOnlySpan<char> line)
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
        var outer = CodeLines.Indentation(text.AsSpan(from, to - from));
        var (first, last, empty, options) = (-1, -1, false, 0);
        for (var start = to + 1; start < end;)
        {
            var stop = CodeLines.EndOfLine(text, start, end);
            var line = text.AsSpan(start, stop - start);
            if (line.IsWhiteSpace()) empty = true;
            else if (CodeLines.Indentation(line) <= outer || (!empty && (!line.TrimStart().StartsWith(':') || ++options > MostOptions))) break;
            else if (empty) (first, last) = (first < 0 ? start : first, CodeRegion.WithoutReturn(text, stop));
            start = stop + 1;
        }

        return first < 0 ? default : new(CodeKind.Block, first, last);
    }
}
