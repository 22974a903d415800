using System.ComponentModel;
using System.Text.Json;
using Pipeline.Data.Collection;

namespace Pipeline.Steps.Collecting;

/// <summary>How files are read, wherever they are from.</summary>
public abstract record ReadingParams : TextParams
{
    [Description("What all files are. Without it each is known by its extension and its content; other files of text are text.")]
    public FileFormat? Format { get; init; }

    [Description("Which fields of records are what.")]
    public ColumnParams Columns { get; init; } = new();

    [Description("How files of rows (CSV, TSV) are laid out.")]
    public TableParams Table { get; init; } = new();

    [Description("Which pages of MediaWiki exports are read.")]
    public WikiParams Wiki { get; init; } = new();

    internal IEnumerable<(string Option, string Message)> Problems()
    {
        foreach (var problem in Table.Problems()) yield return problem;
        if (Format is { } format && !FileFormats.HasColumns(format) && !Columns.AreDefault)
            yield return ("columns", $"files of format {JsonNamingPolicy.SnakeCaseLower.ConvertName($"{format}")} have no columns; leave it out or set another format");
        if (ListNumbers && Format is { } other && !FileFormats.HoldsPages(other))
            yield return ("list_numbers", $"is about HTML pages, and files of format {JsonNamingPolicy.SnakeCaseLower.ConvertName($"{other}")} hold none; leave it out or set another format");
    }

    internal override CollectionOptions ToReading(string scratch) => base.ToReading(scratch) with
    {
        Format = Format,
        Columns = Columns.ToMap(),
        Table = Table.ToLayout(),
        Wiki = Wiki.ToSelection(),
    };
}
