using System.ComponentModel;
using System.Text.Json.Nodes;
using Pipeline.Data.Collection;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;

namespace Pipeline.Steps.Collecting;

/// <summary>Documents from the XML documentation of .NET assemblies, by default that of the SDK at hand.</summary>
public sealed class CollectDotnetDocs : Step<CollectDotnetDocs.With, CollectDotnetDocs.Given, CollectDotnetDocs.Made>
{
    public sealed record With
    {
        [Description("Documentation files and globs, relative to the pipeline file. None means the reference packs of the .NET SDK on this machine, with sources relative to its folder.")]
        [SourceFiles]
        public IReadOnlyList<string> Paths { get; init; } = [];

        [Description("Folder that the documents' sources, and with them their ids, are relative to; from the pipeline file. Without it every path has its own: what stands before its first wildcard, a folder itself, the folder that a file is in. So a pipeline file that moves changes no id.")]
        [SourceRoot]
        public string? Root { get; init; }

        [Description("How many documented members to take: whole types in a seeded order, so that a member keeps its siblings. 0 takes all.")]
        [Engine.Authoring.Range(0, int.MaxValue)]
        [WholeOnly]
        public int Sample { get; init; }

        [Description("Seed of the sample.")]
        [WholeOnly]
        public long Seed { get; init; }
    }

    public sealed record Given;

    public sealed record Made
    {
        [Description("The summary of each documented member; metadata: member, kind, declaring_type, assembly.")]
        public required Output<Artifacts.Documents> Documents { get; init; }

        [Description("Sources, licences, counts and damage.")]
        public required Output<Artifacts.Datasheet> Datasheet { get; init; }
    }

    public override string Name => "collect.dotnet-docs";
    public override int Version => 8;
    public override string Description => "Collects the summaries of documented .NET members, one document each.";
    public override int DefaultCpus => 2;
    public override bool SharesPieces => true;
    public override string Incremental => "per source file; with `sample` only the reading of files, since a sample is drawn from all members";

    public override IEnumerable<SourcePattern> SourcesOf(JsonObject with) => with["paths"] is JsonArray { Count: > 0 } ? base.SourcesOf(with) : [Packs()];

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context) =>
        DocumentOutput.WriteAsync(outputs.Documents, outputs.Datasheet, new CollectionOptions { Format = FileFormat.DotnetXml }, maximumDamaged: 1, context, "members",
            with.Sample > 0 ? documents => DocumentSample.Take(documents, with.Sample, with.Seed) : null);

    private static SourcePattern Packs()
    {
        try
        {
            var root = DotnetPacks.Root();
            return new(Path.Combine(root, "packs/*/*/ref/*/*.xml"), NamesFrom: root);
        }
        catch (InvalidDataException e)
        {
            throw new SourceMissingException(e.Message);
        }
    }
}
