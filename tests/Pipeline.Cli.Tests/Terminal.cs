using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Pipeline.Cli.Tests;

/// <summary>What a terminal shows after it was sent some text: line feeds, carriage returns, wrapping, cursor up, and the two ways of erasing.</summary>
internal sealed partial class Terminal(int width)
{
    private readonly List<StringBuilder> rows = [new()];
    private int row;
    private int column;

    public IReadOnlyList<string> Shows => [.. rows.Select(r => r.ToString().TrimEnd())];

    public void Send(string text)
    {
        foreach (Match part in Parts().Matches(text))
        {
            if (part.Value.Length == 1) Put(part.Value[0]);
            else Control(part.Groups["number"].Value, part.Groups["what"].Value[0]);
        }
    }

    private void Put(char c)
    {
        if (c == '\r') column = 0;
        else if (c == '\n') Next();
        else
        {
            if (column == width) Next();
            var line = rows[row];
            while (line.Length <= column) line.Append(' ');
            line[column++] = c;
        }
    }

    private void Next()
    {
        column = 0;
        if (++row == rows.Count) rows.Add(new());
    }

    private void Control(string number, char what)
    {
        switch (what)
        {
            case 'A':
                row = Math.Max(0, row - int.Parse(number, CultureInfo.InvariantCulture));
                break;
            case 'K':
                rows[row].Length = Math.Min(rows[row].Length, column);
                break;
            case 'J':
                rows[row].Length = Math.Min(rows[row].Length, column);
                rows.RemoveRange(row + 1, rows.Count - row - 1);
                break;
            case 'm':
                break;
            default:
                throw new NotSupportedException($"the control '{number}{what}'");
        }
    }

    [GeneratedRegex(@"\e\[(?<number>[0-9;]*)(?<what>[A-Za-z])|.|\n", RegexOptions.Singleline)]
    private static partial Regex Parts();
}
