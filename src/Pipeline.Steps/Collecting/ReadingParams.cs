using System.ComponentModel;
using System.Text.Json;
using Pipeline.Data.Collection;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>How files are read, wherever they are from.</summary>
public abstract record ReadingParams
{
    [Description("What all files are. Without it each is known by its extension and its content; other files of text are text.")]
    public FileFormat? Format { get; init; }

    [Description("Which fields of records are what.")]
    public ColumnParams Columns { get; init; } = new();

    [Description("How files of rows (CSV, TSV) are laid out.")]
    public TableParams Table { get; init; } = new();

    [Description("SPDX identifier of the licence, for documents that do not state their own; without it they are marked `unknown`.")]
    public virtual string? License { get; init; }

    [Description("Which pages of MediaWiki exports are read.")]
    public WikiParams Wiki { get; init; } = new();

    [Description("Give items of the ordered lists of HTML pages their numbers. Without it they have a dash as others: the numbers are drawn beside a page's text and are none of it. Books and Word documents keep theirs.")]
    public bool ListNumbers { get; init; }

    [Description("Repair text that was UTF-8 and has been read as Windows-1252 or Latin-1 before, once or more often (`cafÃ©`).")]
    public bool RepairMojibake { get; init; }

    [Description("How much of a file is taken in; what goes beyond is left out, counted and named.")]
    public LimitParams Limits { get; init; } = new();

    [Description("Share of all records that may be damaged before the step fails; 1 never fails while there is one document.")]
    [Engine.Authoring.Range(0, 1)]
    [WholeOnly]
    public double MaxDamaged { get; init; } = 1;

    internal IEnumerable<(string Option, string Message)> Problems()
    {
        foreach (var problem in Table.Problems()) yield return problem;
        if (Format is { } format && !FileFormats.HasColumns(format) && !Columns.AreDefault)
            yield return ("columns", $"files of format {JsonNamingPolicy.SnakeCaseLower.ConvertName($"{format}")} have no columns; leave it out or set another format");
        if (ListNumbers && Format is { } other && !FileFormats.HoldsPages(other))
            yield return ("list_numbers", $"is about HTML pages, and files of format {JsonNamingPolicy.SnakeCaseLower.ConvertName($"{other}")} hold none; leave it out or set another format");
    }

    internal CollectionOptions ToReading(string scratch) => new()
    {
        Format = Format,
        License = License,
        Columns = Columns.ToMap(),
        Table = Table.ToLayout(),
        Wiki = Wiki.ToSelection(),
        ListNumbers = ListNumbers,
        RepairMojibake = RepairMojibake,
        Limits = Limits.ToLimits(),
        HeldBytes = Limits.HeldBytes,
        Scratch = scratch,
    };
}
