using System.ComponentModel;
using System.Globalization;
using Pipeline.Data.Documents;
using Pipeline.Data.Partitioning;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;

namespace Pipeline.Steps.Partitioning;

/// <summary>Splits a corpus into parts that do not overlap, and proves it.</summary>
public sealed class Split : Step<Split.With, Split.Given, Split.Made>
{
    public sealed record With
    {
        [Description("Share of the clusters for training; usual are 0.6 to 0.8.")]
        [Engine.Authoring.Range(0, 1)]
        public double Train { get; init; } = 0.8;

        [Description("Share of the clusters for validation; usual are 0.1 to 0.2.")]
        [Engine.Authoring.Range(0, 1)]
        public double Validation { get; init; } = 0.1;

        [Description("Share of the clusters for the test; usual are 0.1 to 0.2.")]
        [Engine.Authoring.Range(0, 1)]
        public double Test { get; init; } = 0.1;

        [Description("Metadata key whose values are never torn apart, such as `declaring_type`.")]
        public string? GroupBy { get; init; }

        [Description("Similarity from which two documents are near duplicates and stay together, as in clean.deduplicate.")]
        [Engine.Authoring.Range(0.1, 1)]
        public double Threshold { get; init; } = 0.8;

        [Description("Words of a run that two parts may not share.")]
        [Engine.Authoring.Range(2, 1000)]
        public int Ngram { get; init; } = 13;

        [Description("Where shared runs or near duplicates would tie more than this share of the documents into one cluster, documents of validation and test that have them are dropped instead.")]
        [Engine.Authoring.Range(0.001, 1)]
        public double MaxClusterShare { get; init; } = 0.3;

        [Description("Draws the part of each cluster. A document added later moves no other one, unless it ties clusters together.")]
        public long Seed { get; init; } = 1;
    }

    public sealed record Given
    {
        [Description("The documents to split.")]
        public required Artifact<Documents> Documents { get; init; }
    }

    public sealed record Made
    {
        [Description("Documents to train on.")]
        public required Output<Documents> Train { get; init; }

        [Description("Documents to choose by while training.")]
        public required Output<Documents> Validation { get; init; }

        [Description("Documents for the last word.")]
        public required Output<Documents> Test { get; init; }

        [Description("The proof: exact, near and n-gram overlaps and group leaks between the parts, all 0.")]
        public required Output<Artifacts.Certificate> Certificate { get; init; }
    }

    public override string Name => "partition.split";
    public override int Version => 2;
    public override string Description => "Splits documents into train, validation and test by near-duplicate cluster and group, with a certificate that they do not overlap.";
    public override string Incremental => "no: clusters are sought among all documents, so it runs whole";
    public override int DefaultCpus => 4;

    protected override IEnumerable<(string Option, string Message)> Check(With with) =>
        RulesOf(with).Problems().Select(p => (OptionReader.SnakeCase(p.Property), p.Problem));

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var documents = await DocumentReader.ReadAllAsync(inputs.Documents.LocateAll(), context.Cancellation);
        if (with.GroupBy is { } key && !documents.Exists(d => d.Metadata.ContainsKey(key)))
            throw new StepFailedException($"group_by is '{key}', but none of {documents.Count} documents has that metadata. They have: {string.Join(", ", documents.SelectMany(d => d.Metadata.Keys).Distinct().Order(StringComparer.Ordinal))}.");

        foreach (var warning in Warnings(with)) context.Log(warning);
        var parts = Partitioner.Run(documents, RulesOf(with), context.Cpus, context.Cancellation);
        var certificate = parts.Certificate;
        await DocumentShards.WriteAllAsync(outputs.Train.Folder, parts.Train, context.Cpus, context.Cancellation);
        await DocumentShards.WriteAllAsync(outputs.Validation.Folder, parts.Validation, context.Cpus, context.Cancellation);
        await DocumentShards.WriteAllAsync(outputs.Test.Folder, parts.Test, context.Cpus, context.Cancellation);
        await File.WriteAllTextAsync(outputs.Certificate["certificate.json"], certificate.ToJson(), context.Cancellation);
        if (!certificate.Holds) throw new StepFailedException("The parts overlap: " + string.Join("; ", certificate.Violations) + ".");

        foreach (var part in Enum.GetValues<Part>())
        {
            context.Metric($"{OptionReader.SnakeCase(part.ToString())}.documents", certificate.Sizes[part].Documents);
            context.Metric($"{OptionReader.SnakeCase(part.ToString())}.characters", certificate.Sizes[part].Characters);
        }

        context.Metric("clusters", certificate.Clusters);
        context.Metric("largest_cluster", certificate.LargestCluster);
        context.Metric("dropped", parts.Dropped.Count);
        var (exact, near, ngram) = (certificate.Overlaps.Sum(o => o.Exact), certificate.Overlaps.Sum(o => o.Near), certificate.Overlaps.Sum(o => o.Ngram));
        context.Metric("overlap.exact", exact);
        context.Metric("overlap.near", near);
        context.Metric("overlap.ngram", ngram);
        context.Metric("overlap.groups", certificate.GroupLeaks);
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{parts.Train.Count:N0} / {parts.Validation.Count:N0} / {parts.Test.Count:N0} · overlap exact {exact}, near {near}, {with.Ngram}-gram {ngram}")
            + (parts.Dropped.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" · dropped {parts.Dropped.Count:N0}"));
    }

    private static PartitionRules RulesOf(With with) => new()
    {
        Train = with.Train,
        Validation = with.Validation,
        Test = with.Test,
        GroupBy = with.GroupBy,
        Threshold = with.Threshold,
        Ngram = with.Ngram,
        MaxClusterShare = with.MaxClusterShare,
        Seed = (ulong)with.Seed,
    };

    private static IEnumerable<string> Warnings(With with)
    {
        if (with.Train is < 0.6 or > 0.8) yield return $"train is {with.Train}; usual are 0.6 to 0.8.";
        foreach (var (name, ratio) in ((string, double)[])[("validation", with.Validation), ("test", with.Test)])
        {
            if (ratio is < 0.1 or > 0.2) yield return $"{name} is {ratio}; usual are 0.1 to 0.2.";
        }
    }
}
