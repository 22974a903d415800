using System.ComponentModel;
using System.Text.Json;
using Pipeline.Data.Collection;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>What steps have in common that fetch files from a store and read them.</summary>
public abstract record DownloadParams
{
    [Description("What all files are. Without it each is known by its extension and its content; other files of text are text.")]
    public FileFormat? Format { get; init; }

    [Description("Which fields of records are what.")]
    public ColumnParams Columns { get; init; } = new();

    [Description("How files of rows (CSV, TSV) are laid out.")]
    public TableParams Table { get; init; } = new();

    [Description("SPDX identifier of the licence, for documents that do not state their own; without it they are marked `unknown`.")]
    public string? License { get; init; }

    [Description("How much of a file is read; what goes beyond is left out, counted and named.")]
    public LimitParams Limits { get; init; } = new();

    [Description("Share of all records that may be damaged before the step fails; 1 never fails while there is one document.")]
    [Engine.Authoring.Range(0, 1)]
    [WholeOnly]
    public double MaxDamaged { get; init; } = 1;

    [Description("Gigabytes (2^30 bytes) of all files; the step fails before it fetches more.")]
    [Engine.Authoring.Range(0.000001, 1e9)]
    [WholeOnly]
    public double MaxGigabytes { get; init; } = 1024;

    [Description("Files fetched at once.")]
    [Engine.Authoring.Range(1, 64)]
    [WholeOnly]
    public int Together { get; init; } = 4;

    [Description("Times that a file is asked for again, from where it broke off.")]
    [Engine.Authoring.Range(0, 100)]
    [WholeOnly]
    public int Retries { get; init; } = 5;

    [Description("How often it was looked for what is there. Raise it to look again; documents of files that have not changed are found again.")]
    [Engine.Authoring.Range(0, int.MaxValue)]
    [WholeOnly]
    public int Refresh { get; init; }

    internal IEnumerable<(string Option, string Message)> Check()
    {
        if (Table.Delimiter is { } delimiter && (delimiter.Length != 1 || delimiter[0] is '"' or '\n' or '\r'))
            yield return ("table.delimiter", $"is '{delimiter}', expected one character that is neither a quote nor a line end, such as ';'");
        if (Format is { } format && !FileFormats.HasColumns(format) && !Columns.AreDefault)
            yield return ("columns", $"files of format {JsonNamingPolicy.SnakeCaseLower.ConvertName($"{format}")} have no columns; leave it out or set another format");
    }

    internal CollectionOptions ToReading(string scratch) => new() { Format = Format, License = License, Columns = Columns.ToMap(), Table = Table.ToLayout(), Limits = Limits.ToLimits(), Scratch = scratch };
}
