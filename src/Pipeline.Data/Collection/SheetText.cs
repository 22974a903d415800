using System.Globalization;
using System.Text;

namespace Pipeline.Data.Collection;

/// <summary>Lines and tables of a page of Markdown.</summary>
internal static class SheetText
{
    private const int MostRows = 50;

    public static void Line(StringBuilder page, FormattableString line) => page.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    public static void Table(StringBuilder page, string[] head, IEnumerable<string[]> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0) return;
        page.Append('\n').Append("| ").AppendJoin(" | ", head).Append(" |\n|").Insert(page.Length, " --- |", head.Length).Append('\n');
        foreach (var row in all.Take(MostRows)) page.Append("| ").AppendJoin(" | ", row.Select(Cell)).Append(" |\n");
        if (all.Count > MostRows) Line(page, $"\n… and {all.Count - MostRows:N0} more in the JSON beside");
    }

    /// <summary>Names and messages come from the data: they must stay in their cell and say nothing in Markdown or HTML.</summary>
    private static string Cell(string text)
    {
        var cell = new StringBuilder();
        foreach (var c in text)
        {
            if (char.IsControl(c) || c is '\u2028' or '\u2029') cell.Append(' ');
            else if (c is '<' or '>' or '&') cell.Append(c switch { '<' => "&lt;", '>' => "&gt;", _ => "&amp;" });
            else if (c is '|' or '`' or '*' or '_' or '[' or ']' or '\\' or '!') cell.Append('\\').Append(c);
            else cell.Append(c);
        }

        return cell.ToString();
    }

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
