using System.Globalization;
using Pipeline.Data.Extraction;

namespace Pipeline.Data.Readers;

/// <summary>Lays out wikitext whose templates, links and tags are resolved: headings, lists, tables, paragraphs.</summary>
internal sealed class WikiLines
{
    private const int MostLevels = 8;

    private readonly BlockWriter writer = new();
    private readonly int[] numbers = new int[MostLevels + 1];
    private string list = "";
    private int tables;
    private bool cell;

    public static string Layout(string wiki, List<string> codes)
    {
        var lines = new WikiLines();
        foreach (var line in wiki.Split('\n')) lines.Line(line, codes);
        return lines.writer.ToString();
    }

    private void Line(string line, List<string> codes)
    {
        var trimmed = line.Trim();
        if (trimmed is ['\u0001', ..]) writer.Code(codes[int.Parse(trimmed.AsSpan(1), CultureInfo.InvariantCulture)]);
        else if (trimmed.StartsWith("{|", StringComparison.Ordinal)) BeginTable();
        else if (trimmed.StartsWith("|}", StringComparison.Ordinal) && tables > 0) EndTable();
        else if (tables > 0) Row(trimmed);
        else if (trimmed.Length == 0 || trimmed.StartsWith("----", StringComparison.Ordinal)) writer.Block();
        else if (trimmed is ['=', .., '='] && Heading(trimmed) is { Length: > 0 } heading) Heading(heading, ends: true);
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

    private void Write(string text) => writer.Inline(Entities.Decode(text));

    private static string Heading(string line) => line.Trim('=').Trim();

    private void Heading(string heading, bool ends)
    {
        writer.Block();
        Write(heading);
        if (ends) writer.Block();
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
        writer.Enter(new string(' ', 2 * (depth - 1)) + marker);
        Write(text);
        writer.Leave();
        list = marks;
    }

    private void BeginTable()
    {
        if (tables++ == 0) writer.Block();
        cell = false;
    }

    private void EndTable()
    {
        if (--tables == 0) writer.Block();
        cell = false;
    }

    private void Row(string line)
    {
        if (line.StartsWith("|-", StringComparison.Ordinal))
        {
            writer.Line();
            cell = false;
        }
        else if (line.StartsWith("|+", StringComparison.Ordinal))
        {
            Write(WithoutAttributes(line[2..]));
            writer.Line();
        }
        else if (line is ['|' or '!', ..])
        {
            foreach (var part in line[1..].Replace("!!", "||", StringComparison.Ordinal).Split("||"))
            {
                if (cell) writer.Inline(" | ");
                cell = true;
                Write(WithoutAttributes(part));
            }
        }
        else
        {
            Write(" " + line);
        }
    }

    private static string WithoutAttributes(string text) =>
        text.IndexOf('|', StringComparison.Ordinal) is > 0 and var bar && text.AsSpan(0, bar).Contains('=') ? text[(bar + 1)..] : text;
}
