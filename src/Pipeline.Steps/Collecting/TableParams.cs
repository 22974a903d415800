using System.ComponentModel;
using Pipeline.Data.Collection;

namespace Pipeline.Steps.Collecting;

/// <summary>How files of rows (CSV, TSV) are laid out.</summary>
public sealed record TableParams
{
    [Description("The first row names the columns; without it they are called 1, 2, …")]
    public bool Header { get; init; } = true;

    [Description("One character between fields; none is that of the format, a comma or a tab.")]
    public string? Delimiter { get; init; }

    [Description("Fields may stand in double quotes; none means so for csv and not for tsv.")]
    public bool? Quotes { get; init; }

    internal IEnumerable<(string Option, string Message)> Problems()
    {
        if (Delimiter is { } delimiter && (delimiter.Length != 1 || delimiter[0] is '"' or '\n' or '\r'))
            yield return ("table.delimiter", $"is '{delimiter}', expected one character that is neither a quote nor a line end, such as ';'");
    }

    internal TableLayout ToLayout() => new() { Header = Header, Delimiter = Delimiter?[0], Quotes = Quotes };
}
