using System.Buffers;

namespace Pipeline.Data.Cleaning;

public enum CodeKind
{
    /// <summary>The text is a source file.</summary>
    File,

    /// <summary>Between fences, or indented in Markdown.</summary>
    Block,

    /// <summary>Between backticks in a line.</summary>
    Span,

    /// <summary>An address of the web or of mail, which is no word.</summary>
    Address,

    /// <summary>Characters that stand for code while it is taken out, where a text has them itself.</summary>
    Foreign,
}

/// <summary>Code in a text, with its fences or backticks; <paramref name="End"/> is the place after it.</summary>
internal readonly record struct CodeRegion(CodeKind Kind, int Start, int End)
{
    /// <summary>The end of a line before its carriage return, which belongs to the line feed that stays outside.</summary>
    public static int WithoutReturn(string text, int end) => end < text.Length && text[end] == '\n' && end > 0 && text[end - 1] == '\r' ? end - 1 : end;
}

/// <summary>
/// Code in running text as CommonMark has it: blocks between fences of three or more backticks or tildes, spans between backticks, in Markdown blocks that are indented by four, and what <see cref="CodeLines"/> takes for code.
/// Fences may stand behind the marks of quotations and list items. What is not closed is code to the end in Markdown and none elsewhere, for text has such lines as ornaments.
/// </summary>
internal static class CodeRegions
{
    /// <summary>A longer fence counts as one of this length: looking for what closes it is then done a bounded number of times.</summary>
    private const int LongestFence = 16;
    private const int LongestTicks = 8;
    private const int Indent = 4;
    private const int MostOverhang = 2;

    private static readonly SearchValues<char> Marks = SearchValues.Create("`~");

    public static List<CodeRegion> In(string text, bool markdown) => WithLines(text, Marked(text, markdown), markdown);

    /// <summary>Lines of code between the blocks; spans in them are a part of them.</summary>
    private static List<CodeRegion> WithLines(string text, List<CodeRegion> marked, bool markdown)
    {
        var (lines, page) = (new List<CodeRegion>(), PageMarkup.In(text));
        var at = 0;
        foreach (var block in marked)
        {
            if (block.Kind != CodeKind.Block) continue;
            if (block.Start > at) CodeLines.AddTo(lines, text, at, block.Start, markdown, page);
            at = Math.Min(text.Length, block.End + 1);
        }

        if (at < text.Length) CodeLines.AddTo(lines, text, at, text.Length, markdown, page);
        if (lines.Count == 0) return marked;
        var (all, next) = (new List<CodeRegion>(lines), 0);
        foreach (var region in marked)
        {
            while (next < lines.Count && lines[next].End <= region.Start) next++;
            if (next == lines.Count || region.Kind == CodeKind.Block || lines[next].Start > region.Start) all.Add(region);
        }

        all.Sort((a, b) => a.Start.CompareTo(b.Start));
        return all;
    }

    private static List<CodeRegion> Marked(string text, bool markdown)
    {
        var regions = new List<CodeRegion>();
        var indented = markdown && (text.StartsWith(' ') || text.StartsWith('\t') || text.AsSpan().IndexOf("\n    ") >= 0 || text.AsSpan().IndexOf("\n\t") >= 0);
        if (!indented && !text.AsSpan().ContainsAny(Marks)) return regions;
        Span<int> unclosed = [LongestFence + 1, LongestFence + 1];
        var (blank, list) = (true, 0);
        for (var start = 0; start < text.Length;)
        {
            if (!indented)
            {
                // Lines without a mark have nothing to say.
                if (text.AsSpan(start).IndexOfAny(Marks) is not (>= 0 and var next)) break;
                start += text.AsSpan(start, next).LastIndexOf('\n') + 1;
            }

            var end = EndOfLine(text, start);
            var line = text.AsSpan(start, end - start);
            var (mark, count) = Fence(line);
            if (count > 0 && count < unclosed[mark == '`' ? 0 : 1] && (markdown || !IsUnderline(text, start, line)))
            {
                var close = EndOfFence(text, end, mark, count);
                if (close < 0 && markdown) close = text.Length;
                if (close >= 0)
                {
                    regions.Add(new(CodeKind.Block, start, CodeRegion.WithoutReturn(text, close)));
                    (start, blank) = (close + 1, false);
                    continue;
                }

                unclosed[mark == '`' ? 0 : 1] = count;
            }

            if (indented)
            {
                var width = WidthOfIndent(line, out var at);
                if (blank && at < line.Length && width >= list + Indent)
                {
                    var close = EndOfIndented(text, start, list + Indent);
                    regions.Add(new(CodeKind.Block, start, CodeRegion.WithoutReturn(text, close)));
                    (start, blank) = (close + 1, false);
                    continue;
                }

                if (at < line.Length && Marker(line[at..]) is > 0 and var marker) list = width + marker;
                else if (at < line.Length && blank) list = Math.Min(list, width);
                blank = at == line.Length;
            }

            AddSpans(text, start, end, markdown, regions);
            start = end + 1;
        }

        return regions;
    }

    /// <summary>The mark of the fence that a line opens and how often it stands there; 0 where there is none.</summary>
    private static (char Mark, int Count) Fence(ReadOnlySpan<char> line)
    {
        var body = line.TrimStart(" \t>");
        if (Marker(body) is > 0 and var marker) body = body[marker..].TrimStart(" \t");
        if (body.Length < 3 || body[0] is not ('`' or '~')) return default;
        var rest = body.TrimStart(body[0]);
        var count = body.Length - rest.Length;
        return count < 3 || (body[0] == '`' && rest.Contains('`')) ? default : (body[0], Math.Min(count, LongestFence));
    }

    /// <summary>A title in the line above that is about as long: plain text underlines with tildes, too, and then with more than three.</summary>
    private static bool IsUnderline(string text, int start, ReadOnlySpan<char> line)
    {
        line = line.Trim();
        if (start == 0 || line is not ['~', '~', '~', '~', ..] || line.ContainsAnyExcept('~')) return false;
        var title = text.AsSpan(0, start - 1);
        title = title[(title.LastIndexOf('\n') + 1)..].Trim();
        return !title.IsEmpty && Math.Abs(title.Length - line.Length) <= MostOverhang && title.ContainsAnyExcept(title[0]);
    }

    /// <summary>The end of the line that closes a fence; -1 where none does.</summary>
    private static int EndOfFence(string text, int from, char mark, int count)
    {
        for (var start = from + 1; start < text.Length;)
        {
            var end = EndOfLine(text, start);
            var body = text.AsSpan(start, end - start).Trim(" \t>");
            if (body.Length >= count && body[0] == mark && !body.ContainsAnyExcept(mark)) return end;
            start = end + 1;
        }

        return -1;
    }

    private static int EndOfIndented(string text, int from, int indent)
    {
        var last = from;
        for (var start = from; start < text.Length;)
        {
            var end = EndOfLine(text, start);
            var line = text.AsSpan(start, end - start);
            var width = WidthOfIndent(line, out var at);
            if (at < line.Length && width < indent) break;
            if (at < line.Length) last = end;
            start = end + 1;
        }

        return last;
    }

    /// <summary>Columns; <paramref name="at"/> is the first character that is no blank.</summary>
    private static int WidthOfIndent(ReadOnlySpan<char> line, out int at)
    {
        var width = 0;
        for (at = 0; at < line.Length && line[at] is ' ' or '\t'; at++) width += line[at] == '\t' ? Indent - (width % Indent) : 1;
        return width;
    }

    /// <summary>Characters of the mark of a list item and the blank behind it.</summary>
    private static int Marker(ReadOnlySpan<char> body)
    {
        var digits = 0;
        while (digits < body.Length && digits < 9 && char.IsAsciiDigit(body[digits])) digits++;
        var mark = digits == 0 ? body is ['-' or '*' or '+', ..] : digits < body.Length && body[digits] is '.' or ')';
        return mark && digits + 1 < body.Length && body[digits + 1] is ' ' or '\t' ? digits + 2 : 0;
    }

    /// <summary>A run of backticks is closed by the next as long in the line.</summary>
    private static void AddSpans(string text, int start, int end, bool markdown, List<CodeRegion> regions)
    {
        var unclosed = 0;
        for (var at = start; at < end && text.AsSpan(at, end - at).IndexOf('`') is >= 0 and var found;)
        {
            var open = at + found;
            var after = EndOfRun(text, open, end);
            var length = after - open;
            at = after;
            if (length > LongestTicks || (unclosed & (1 << length)) != 0) continue;
            if (EndOfSpan(text, after, end, length) is not (> 0 and var close)) unclosed |= 1 << length;
            else if (markdown || !(IsQuote(text.AsSpan(after, close - length - after)) || IsReference(text, after, close, length)))
            {
                regions.Add(new(CodeKind.Span, open, close));
                at = close;
            }
        }
    }

    private static int EndOfSpan(string text, int from, int end, int length)
    {
        for (var at = from; at < end && text.AsSpan(at, end - at).IndexOf('`') is >= 0 and var found;)
        {
            at = EndOfRun(text, at + found, end);
            if (at - from >= length && text.AsSpan(from, at - from).EndsWith("````````".AsSpan(0, length)) && (at - length == from || text[at - length - 1] != '`')) return at;
        }

        return -1;
    }

    /// <summary>Plain text may quote `so' or ``so'', and the next quotation then begins with what would end code.</summary>
    private static bool IsQuote(ReadOnlySpan<char> inside)
    {
        var word = inside.IndexOfAny('\'', '’');
        return word > 0 && (word + 1 == inside.Length || !char.IsLetterOrDigit(inside[word + 1])) && inside[..word].IndexOfAny("=([{\"") < 0;
    }

    /// <summary>Of reStructuredText: <c>`text`_</c> is a link, <c>_`text`</c> what it links to, and what ends one that was begun in the line above begins no code.</summary>
    private static bool IsReference(string text, int inside, int close, int length) => length == 1 && (text[inside] == '_' || (close < text.Length && text[close] == '_') || (inside > 1 && text[inside - 2] == '_'));

    private static int EndOfRun(string text, int at, int end)
    {
        while (at < end && text[at] == '`') at++;
        return at;
    }

    private static int EndOfLine(string text, int start) => text.IndexOf('\n', start) is >= 0 and var feed ? feed : text.Length;
}
