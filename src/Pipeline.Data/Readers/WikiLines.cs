using System.Globalization;
using System.Text;
using Pipeline.Data.Extraction;

namespace Pipeline.Data.Readers;

/// <summary>Lays out wikitext whose templates, links and tags are resolved: headings, lists, tables, paragraphs.</summary>
internal sealed class WikiLines
{
    private const int MostLevels = 8;

    private readonly BlockWriter writer = new();
    private readonly int[] numbers = new int[MostLevels + 1];
    private string list = "";

    /// <summary>Headings that wait for something under them.</summary>
    private readonly Stack<(int Level, string Text)> headings = new();
    private readonly List<string> cells = [];

    /// <summary>What the last cell goes on with.</summary>
    private readonly StringBuilder more = new();
    private int tables;

    public static string Layout(string wiki, List<string> codes)
    {
        var lines = new WikiLines();
        foreach (var line in wiki.Split('\n')) lines.Line(line, codes);
        lines.EndRow();
        return lines.writer.ToString();
    }

    private void Line(string line, List<string> codes)
    {
        var trimmed = line.Trim();
        if (trimmed is ['\u0001', ..]) Code(codes[int.Parse(trimmed.AsSpan(1), CultureInfo.InvariantCulture)]);
        else if (trimmed.StartsWith("{|", StringComparison.Ordinal)) BeginTable();
        else if (trimmed.StartsWith("|}", StringComparison.Ordinal) && tables > 0) EndTable();
        else if (tables > 0) Row(trimmed);
        else if (trimmed.Length == 0 || trimmed.StartsWith("----", StringComparison.Ordinal)) writer.Block();
        else if (trimmed is ['=', .., '='] && trimmed.Trim('=').Trim() is { Length: > 0 } heading) Heading(heading, trimmed.Length - trimmed.TrimStart('=').Length);
        else if (line[0] is '*' or '#' or ':' or ';') Item(line);
        else
        {
            // A list ends with the line; the next text is a paragraph of its own.
            if (list.Length > 0) writer.Block();
            Write(trimmed + " ");
            list = "";
            return;
        }

        if (trimmed.Length == 0 || line[0] is not ('*' or '#' or ':' or ';')) list = "";
    }

    private void Write(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            writer.Inline(text);
            return;
        }

        WriteHeadings();
        writer.Inline(Entities.Decode(text));
    }

    /// <summary>Of a section that nothing is left of, such as a list of sources, the heading goes too.</summary>
    private void Heading(string heading, int level)
    {
        writer.Block();
        while (headings.TryPeek(out var above) && above.Level >= level) headings.Pop();
        headings.Push((level, heading));
    }

    private void WriteHeadings()
    {
        if (headings.Count == 0) return;
        foreach (var (_, heading) in headings.Reverse())
        {
            writer.Block();
            writer.Inline(Entities.Decode(heading));
        }

        headings.Clear();
        writer.Block();
    }

    private void Code(string code)
    {
        WriteHeadings();
        writer.Code(code);
    }

    private void Item(string line)
    {
        var level = 0;
        while (level < line.Length && line[level] is '*' or '#' or ':' or ';') level++;
        var marks = line[..level];
        var text = line[level..].Trim();
        if (text.Length == 0) return;
        if (list.Length == 0) writer.Block();
        var depth = Math.Min(level, MostLevels);
        for (var deeper = depth + 1; deeper <= MostLevels; deeper++) numbers[deeper] = 0;
        if (list.Length == 0 || list.Length >= depth && depth > 0 && list[depth - 1] != marks[depth - 1]) numbers[depth] = 0;
        var marker = marks[depth - 1] switch { '*' => "- ", '#' => string.Create(CultureInfo.InvariantCulture, $"{++numbers[depth]}. "), _ => "" };
        WriteHeadings();
        writer.Enter(new string(' ', 2 * (depth - 1)) + marker);
        Write(text);
        writer.Leave();
        list = marks;
    }

    private void BeginTable()
    {
        EndRow();
        if (tables++ == 0) writer.Block();
    }

    private void EndTable()
    {
        EndRow();
        if (--tables == 0) writer.Block();
    }

    /// <summary>A row whose cells are all empty, such as one of templates, is none.</summary>
    private void EndRow()
    {
        EndCell();
        if (cells.Exists(c => !string.IsNullOrWhiteSpace(c)))
        {
            Write(string.Join(" | ", cells.Select(c => c.Trim())));
            writer.Line();
        }

        cells.Clear();
    }

    private void Row(string line)
    {
        if (line.StartsWith("|-", StringComparison.Ordinal)) EndRow();
        else if (line.StartsWith("|+", StringComparison.Ordinal))
        {
            EndRow();
            Write(WithoutAttributes(line[2..]));
            writer.Line();
        }
        else if (line is ['|' or '!', ..])
        {
            EndCell();
            cells.AddRange(Cells(line[1..].Replace("!!", "||", StringComparison.Ordinal)));
        }
        else
        {
            // The last cell goes on, and may end with others beside it.
            var beside = Cells(line).ToList();
            if (cells.Count == 0) cells.Add("");
            more.Append(' ').Append(beside[0]);
            if (beside.Count > 1) EndCell();
            cells.AddRange(beside[1..]);
        }
    }

    private void EndCell()
    {
        if (more.Length > 0) cells[^1] += more.ToString();
        more.Clear();
    }

    private static IEnumerable<string> Cells(string line) => line.Split("||").Select(WithoutAttributes);

    private static string WithoutAttributes(string cell)
    {
        var from = 0;
        while (cell.IndexOf('|', from) is var bar && bar > from && cell.AsSpan(from, bar - from).Contains('=')) from = bar + 1;
        return cell[from..];
    }
}
