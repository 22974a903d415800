namespace Pipeline.Data.Cleaning;

/// <summary>
/// Code in text that nothing marks: literal blocks of reStructuredText, and paragraphs, or parts of them between lines of prose, whose lines together have several signs of code (<see cref="LineShape"/>, <see cref="CodeRun"/>).
/// What is less sure is code beside what is. Linear time: each line is looked at once.
/// </summary>
internal static class CodeLines
{
    /// <summary>Empty lines that code may have between two paragraphs.</summary>
    private const int MostEmpty = 2;

    /// <summary>A comment or text over several lines is a part of the line that opens it where so many characters behind it close it.</summary>
    private const int LongestText = 4_000;

    private static readonly (string Open, string Close)[] Pairs = [("/*", "*/"), ("\"\"\"", "\"\"\""), ("'''", "'''")];

    /// <summary>Between two places of a text, the second the end of a line or of the text.</summary>
    /// <param name="page">What is markup of a page: its lines are not looked at.</param>
    public static void AddTo(List<CodeRegion> regions, string text, int start, int end, bool markdown, PageMarkup page)
    {
        var (runs, run, prose) = (new List<CodeRun>(), new CodeRunReader(), 0..0);
        for (var at = start; at < end;)
        {
            var to = EndOfLine(text, at, end);
            var line = text.AsSpan(at, (to > at && text[to - 1] == '\r' ? to - 1 : to) - at);
            if (run.IsEmpty && LineShape.IsLongProse(line))
            {
                (prose, at) = (at..to, to + 1);
                continue;
            }

            if (!markdown && LiteralBlocks.Below(text, at, to, end) is { End: > 0 } block)
            {
                run.Close(runs);
                runs.Add(new(block.Start, block.End, true));
                at = EndOfLine(text, block.End, end) + 1;
                continue;
            }

            var shape = page.Holds(text, at, to) ? new(LineKind.Prose) : LineShape.Of(line, markdown);
            if (shape.Kind == LineKind.Blank || (shape.Kind == LineKind.Prose && (run.IsEmpty || !run.Encloses(Indentation(line)))))
            {
                run.Close(runs);
                prose = shape.Kind == LineKind.Prose ? at..to : 0..0;
            }
            else
            {
                if (shape.Kind is LineKind.Code or LineKind.Comment && EndOfText(text, at, to, end, shape) is > 0 and var later) to = later;
                var indentation = Indentation(line);
                if (run.IsEmpty) run.IsWrapped = prose.End.Value == at - 1 && GoesOn(text.AsSpan(prose)) && Indentation(text.AsSpan(prose)) == indentation;
                run.Add(at, to, shape, indentation, shape.Kind == LineKind.Code ? Brackets(line) : 0);
            }

            at = to + 1;
        }

        run.Close(runs);
        Join(regions, runs, text);
    }

    public static int EndOfLine(string text, int start, int end) => text.IndexOf('\n', start, end - start) is >= 0 and var feed ? feed : end;

    /// <summary>Columns.</summary>
    public static int Indentation(ReadOnlySpan<char> line)
    {
        var width = 0;
        foreach (var c in line)
        {
            if (c is not (' ' or '\t')) break;
            width += c == '\t' ? 8 - (width % 8) : 1;
        }

        return width;
    }

    /// <summary>Opened less closed.</summary>
    private static int Brackets(ReadOnlySpan<char> line)
    {
        var open = 0;
        foreach (var c in line)
        {
            if (c is '(' or '[' or '{') open++;
            else if (c is ')' or ']' or '}') open--;
        }

        return open;
    }

    /// <summary>A line of prose whose sentence does not end with it.</summary>
    private static bool GoesOn(ReadOnlySpan<char> line) => line.TrimEnd() is [.., not ('.' or ':' or '!' or '?')];

    /// <summary>The end of the line that closes what the line between two places opens; 0 where it opens nothing, or where nothing closes it.</summary>
    private static int EndOfText(string text, int at, int to, int end, LineShape shape)
    {
        var line = text.AsSpan(at, to - at);
        if ((shape.Signs & CodeSigns.Key) != 0 && line.TrimEnd().TrimEnd("+-") is [.., ' ', '|' or '>']) return EndOfScalar(text, Indentation(line), to, end);
        foreach (var (open, close) in Pairs)
        {
            if (line.LastIndexOf(open) is not (>= 0 and var found) || (open == close ? line.Count(open) != 1 || (found > 0 && line[found - 1] == open[0]) || (found + 3 < line.Length && line[found + 3] == open[0]) : line[found..].IndexOf(close) >= 0 || !StandsApart(line, found))) continue;
            var rest = text.AsSpan(to, Math.Min(end - to, LongestText)).IndexOf(close);
            return rest < 0 ? 0 : EndOfLine(text, to + rest, end);
        }

        return 0;
    }

    /// <summary><c>man/*.1</c> opens no comment.</summary>
    private static bool StandsApart(ReadOnlySpan<char> line, int at) => (at == 0 || line[at - 1] is ' ' or '\t') && line[(at + 2)..] is [] or [' ' or '*' or '!' or '\r', ..];

    /// <summary>The end of the lines below that are indented deeper, as texts in YAML are.</summary>
    private static int EndOfScalar(string text, int indentation, int to, int end)
    {
        var last = 0;
        for (var start = to + 1; start < end && start - to < LongestText;)
        {
            var stop = EndOfLine(text, start, end);
            var line = text.AsSpan(start, stop - start);
            if (!line.IsWhiteSpace() && Indentation(line) <= indentation) break;
            if (!line.IsWhiteSpace()) last = stop;
            start = stop + 1;
        }

        return last;
    }

    /// <summary>Code with the runs beside it, between which there is nothing but a few empty lines.</summary>
    private static void Join(List<CodeRegion> regions, List<CodeRun> runs, string text)
    {
        for (var i = 0; i < runs.Count; i++)
        {
            var (before, after) = (i > 0 && AreNeighbours(text, runs[i - 1], runs[i]), i + 1 < runs.Count && AreNeighbours(text, runs[i], runs[i + 1]));
            if (!runs[i].IsCode && !(after && runs[i + 1].IsCode) && !(before && runs[i - 1].IsCode && !runs[i].IsComment)) continue;
            var region = new CodeRegion(CodeKind.Block, runs[i].Start, CodeRegion.WithoutReturn(text, runs[i].End));
            if (before && regions is [.., var last] && CodeRegion.WithoutReturn(text, runs[i - 1].End) == last.End) regions[^1] = region with { Start = last.Start };
            else regions.Add(region);
        }
    }

    private static bool AreNeighbours(string text, CodeRun first, CodeRun second)
    {
        var (feeds, at) = (0, first.End);
        for (; at < second.Start && feeds <= MostEmpty + 1 && text[at] is '\n' or ' ' or '\t' or '\r'; at++)
            if (text[at] == '\n') feeds++;
        return feeds <= MostEmpty + 1 && at == second.Start;
    }
}
