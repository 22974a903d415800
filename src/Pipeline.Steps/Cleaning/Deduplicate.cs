using System.ComponentModel;
using System.Globalization;
using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;

namespace Pipeline.Steps.Cleaning;

/// <summary>Drops exact and near duplicates.</summary>
public sealed class Deduplicate : Step<Deduplicate.With, Deduplicate.Given, Deduplicate.Made>
{
    public sealed record With
    {
        [Description("Drop documents whose text is the same but for white space and the way letters are composed (Unicode NFC).")]
        public bool Exact { get; init; } = true;

        [Description("Dropping of near duplicates (MinHash-LSH of 14 bands and 8 rows; every candidate is compared exactly).")]
        public NearDuplicateOptions Near { get; init; } = new();
    }

    public sealed record NearDuplicateOptions
    {
        [Description("Drop near duplicates.")]
        public bool Enabled { get; init; } = true;

        [Description("Jaccard similarity of the two texts' 5-word shingles from which they are near duplicates; case, marks, numbers and punctuation do not count.")]
        [Engine.Authoring.Range(0.1, 1)]
        public double Threshold { get; init; } = 0.8;
    }

    public sealed record Given
    {
        [Description("Documents, perhaps with duplicates.")]
        public required Artifact<Documents> Documents { get; init; }
    }

    public sealed record Made
    {
        [Description("One document of each set of duplicates: the longest, among equals the one with the smallest id.")]
        public required Output<Documents> Documents { get; init; }

        [Description("What each rule dropped, with samples and their similarity.")]
        public required Output<Artifacts.Funnel> Funnel { get; init; }
    }

    public override string Name => "clean.deduplicate";
    public override int Version => 2;
    public override string Description => "Drops exact and near duplicates of documents.";
    public override string Incremental => "no: it compares all documents with one another, so it runs whole";
    public override int DefaultCpus => 4;

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (!with.Exact && !with.Near.Enabled) yield return ("exact", "with near duplicates off as well the step does nothing; turn one of them on or leave the step out");
    }

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var documents = await DocumentReader.ReadAllAsync(inputs.Documents.LocateAll(), context.Cancellation);
        var rules = new DeduplicationRules { Exact = with.Exact, Near = with.Near.Enabled, Threshold = with.Near.Threshold };
        var result = Deduplicator.Run(documents, rules, context.Cpus, context.Cancellation);
        await DocumentShards.WriteAllAsync(outputs.Documents.Folder, result.Kept, context.Cpus, context.Cancellation);
        await File.WriteAllTextAsync(outputs.Funnel["funnel.json"], DuplicateFunnel.Of(documents, result, rules).ToJson(), context.Cancellation);

        context.Metric("documents.in", documents.Count);
        context.Metric("documents.out", result.Kept.Count);
        context.Metric("dropped.exact", result.Exact.Count);
        context.Metric("dropped.near", result.Near.Count);
        context.Metric("near.largest_cluster", result.LargestCluster);
        context.Metric("near.compared", result.Compared);
        context.Metric("near.cut_short", result.CutShort);
        if (result.CutShort > 0)
            context.Log($"{result.CutShort} times a document in a crowd of over {NearDuplicates.Crowd} that share a band was not compared with every cluster there; near duplicates may be left.");
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{documents.Count:N0} -> {result.Kept.Count:N0}  (exact {result.Exact.Count:N0} · near {result.Near.Count:N0})");
    }
}
