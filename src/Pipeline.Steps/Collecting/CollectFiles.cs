using System.ComponentModel;
using Pipeline.Data.Collection;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>Documents from files of text, Markdown, HTML, JSON lines or .NET documentation.</summary>
public sealed class CollectFiles : Step<CollectFiles.With, CollectFiles.Given, CollectFiles.Made>
{
    public sealed record With
    {
        [Description("Files, folders and globs, relative to the pipeline file. A document's source is its path from there.")]
        [SourceFiles]
        public required IReadOnlyList<string> Paths { get; init; }

        [Description("What the files are; without it the extension says so: .txt, .md, .html, .jsonl, .xml (documentation of .NET assemblies).")]
        public FileFormat? Format { get; init; }

        [Description("Which fields of JSON lines are what.")]
        public ColumnMap Columns { get; init; } = new();

        [Description("SPDX identifier of the licence, for documents that do not state their own; without it they are marked `unknown`.")]
        public string? License { get; init; }

        [Description("Megabytes (2^20 bytes) that a file may have; files are held in memory.")]
        [Engine.Authoring.Range(1, 2047)]
        public int MaximumFileMegabytes { get; init; } = 256;
    }

    public sealed record ColumnMap
    {
        [Description("Field with the text.")]
        public string Text { get; init; } = "text";

        [Description("Field with an id; it becomes part of the document's id and is kept as metadata `id`.")]
        public string? Id { get; init; }

        [Description("Field with the address.")]
        public string? Url { get; init; }

        [Description("Field with the licence.")]
        public string? License { get; init; }

        [Description("Field with the language.")]
        public string? Language { get; init; }

        [Description("Fields kept as metadata under their own names.")]
        public IReadOnlyList<string> Metadata { get; init; } = [];
    }

    public sealed record Given;

    public sealed record Made
    {
        [Description("One document a file, line or documented member, in the order of the files' names.")]
        public required Output<Artifacts.Documents> Documents { get; init; }
    }

    public override string Name => "collect.files";
    public override int Version => 2;
    public override string Description => "Collects documents from files: plain text, Markdown, the main content of HTML pages, JSON lines, documentation of .NET assemblies.";
    public override int DefaultCpus => 2;
    public override bool SharesPieces => true;
    public override string Incremental => "per source file; the shards of documents that a new, changed, renamed or removed file was or is in are written anew";

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with.Paths.Count == 0) yield return ("paths", "names no file; give at least one path or glob");
        if (with.Format is not (null or FileFormat.Jsonl) && with.Columns is not { Text: "text", Id: null, Url: null, License: null, Language: null, Metadata.Count: 0 })
             yield return ("columns", "only JSON lines have columns; leave it out or set format: jsonl");
    }

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var options = new CollectionOptions
        {
            Format = with.Format,
            License = with.License,
            MaximumFileBytes = (long)with.MaximumFileMegabytes << 20,
            Columns = new() { Text = with.Columns.Text, Id = with.Columns.Id, Url = with.Columns.Url, License = with.Columns.License, Language = with.Columns.Language, Metadata = with.Columns.Metadata },
        };
        await DocumentOutput.WriteAsync(outputs.Documents, options, context, "documents", select: null);
    }
}
