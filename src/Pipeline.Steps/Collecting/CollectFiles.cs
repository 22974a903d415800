using System.ComponentModel;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>Documents from files on disk, in any of the formats and containers that are read.</summary>
public sealed class CollectFiles : Step<CollectFiles.With, CollectFiles.Given, CollectFiles.Made>
{
    public sealed record With : ReadingParams
    {
        [Description("Files, folders and globs, relative to the pipeline file. A document's source is its path from `root`.")]
        [SourceFiles]
        public required IReadOnlyList<string> Paths { get; init; }

        [Description("Folder that the documents' sources, and with them their ids, are relative to; from the pipeline file. Without it every path has its own: what stands before its first wildcard, a folder itself, the folder that a file is in. So a pipeline file that moves changes no id.")]
        [SourceRoot]
        public string? Root { get; init; }
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
    public override int Version => 13;
    public override string Description => "Collects documents from files: text, Markdown, the main content of HTML pages, EPUB, PDF, Word, LaTeX, subtitles, MediaWiki exports, rows and records, web archives, mail, documentation of .NET assemblies; also in archives and compressed. Damage costs its record and is named.";
    public override int DefaultCpus => 2;
    public override bool SharesPieces => true;
    public override string Incremental => "per source file, and of a large one per 8 megabytes; the shards of documents that a new, changed, renamed or removed file was or is in are written anew";

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with.Paths.Count == 0) yield return ("paths", "names no file; give at least one path or glob");
        foreach (var problem in with.Problems()) yield return problem;
    }

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        await DocumentOutput.WriteAsync(outputs.Documents, outputs.Datasheet, with.ToReading(context.Scratch), with.MaxDamaged, context, "documents", sample: null);
    }
}
