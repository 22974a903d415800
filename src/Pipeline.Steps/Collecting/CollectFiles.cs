using System.ComponentModel;
using System.Text.Json;
using Pipeline.Data.Collection;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>Documents from files on disk, in any of the formats and containers that are read.</summary>
public sealed class CollectFiles : Step<CollectFiles.With, CollectFiles.Given, CollectFiles.Made>
{
    public sealed record With
    {
        [Description("Files, folders and globs, relative to the pipeline file. A document's source is its path from there.")]
        [SourceFiles]
        public required IReadOnlyList<string> Paths { get; init; }

        [Description("What all files are. Without it each is known by its extension and its content; other files of text are text.")]
        public FileFormat? Format { get; init; }

        [Description("Which fields of records are what.")]
        public ColumnParams Columns { get; init; } = new();

        [Description("How files of rows (CSV, TSV) are laid out.")]
        public TableParams Table { get; init; } = new();

        [Description("Which pages of MediaWiki exports are read.")]
        public WikiParams Wiki { get; init; } = new();

        [Description("Repair text that was UTF-8 and has been read as Windows-1252 or Latin-1 before, once or more often (`cafÃ©`).")]
        public bool RepairMojibake { get; init; }

        [Description("SPDX identifier of the licence, for documents that do not state their own; without it they are marked `unknown`.")]
        public string? License { get; init; }

        [Description("How much of a file is taken in; what goes beyond is left out, counted and named.")]
        public LimitParams Limits { get; init; } = new();

        [Description("Share of all records that may be damaged before the step fails; 1 never fails while there is one document.")]
        [Engine.Authoring.Range(0, 1)]
        [WholeOnly]
        public double MaxDamaged { get; init; } = 1;
    }

    public sealed record Given;

    public sealed record Made
    {
        [Description("One document a file, or a record of it, in the order of the files' names.")]
        public required Output<Artifacts.Documents> Documents { get; init; }

        [Description("Sources, licences, counts and damage.")]
        public required Output<Artifacts.Datasheet> Datasheet { get; init; }
    }

    public override string Name => "collect.files";
    public override int Version => 4;
    public override string Description => "Collects documents from files: text, Markdown, the main content of HTML pages, EPUB, PDF, Word, LaTeX, subtitles, MediaWiki exports, rows and records, web archives, mail, documentation of .NET assemblies; also in archives and compressed. Damage costs its record and is named.";
    public override int DefaultCpus => 2;
    public override bool SharesPieces => true;
    public override string Incremental => "per source file, and of a large one per 8 megabytes; the shards of documents that a new, changed, renamed or removed file was or is in are written anew";

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with.Paths.Count == 0) yield return ("paths", "names no file; give at least one path or glob");
        if (with.Table.Delimiter is { } delimiter && (delimiter.Length != 1 || delimiter[0] is '"' or '\n' or '\r'))
            yield return ("table.delimiter", $"is '{delimiter}', expected one character that is neither a quote nor a line end, such as ';'");
        if (with.Format is { } format && !FileFormats.HasColumns(format) && !with.Columns.AreDefault)
            yield return ("columns", $"files of format {JsonNamingPolicy.SnakeCaseLower.ConvertName($"{format}")} have no columns; leave it out or set another format");
    }

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var options = new CollectionOptions
        {
            Format = with.Format,
            License = with.License,
            Columns = with.Columns.ToMap(),
            Table = with.Table.ToLayout(),
            Wiki = with.Wiki.ToSelection(),
            RepairMojibake = with.RepairMojibake,
            Limits = with.Limits.ToLimits(),
            Scratch = context.Scratch,
        };
        await DocumentOutput.WriteAsync(outputs.Documents, outputs.Datasheet, options, with.MaxDamaged, context, "documents", sample: null);
    }
}
