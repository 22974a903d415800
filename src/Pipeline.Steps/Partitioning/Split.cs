using System.ComponentModel;
using System.Globalization;
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

        [Description("Metadata key each of whose values is split in the same shares. Parts are then cut from an order, so a document added later may move those at the cuts.")]
        public string? StratifyBy { get; init; }

        [Description("Metadata key of an ISO 8601 date (`2024`, `2024-03-01`, `2024-03-01T12:00:00Z`): the oldest documents train, the newest are the test. A cluster is as new as its newest document, and documents of one time stay together; those without a date are left out and counted.")]
        public string? TimeBy { get; init; }

        [Description("Cut what is not for the test into so many folds, to validate on one and train on the others. `train` and `validation` then follow from it.")]
        [Engine.Authoring.Range(2, 1000)]
        public int? Folds { get; init; }

        [Description("The fold to validate on, from 1 to `folds`; a matrix over it makes all of them.")]
        [Engine.Authoring.Range(1, 1000)]
        public int Fold { get; init; } = 1;

        [Description("Similarity from which two documents are near duplicates and stay together, as in clean.deduplicate.")]
        [Engine.Authoring.Range(0.1, 1)]
        public double Threshold { get; init; } = 0.8;

        [Description("Words of a run that two parts may not share.")]
        [Engine.Authoring.Range(2, 1000)]
        public int Ngram { get; init; } = 13;

        [Description("Where shared runs or near duplicates would tie more than this share of the documents into one cluster, documents of validation and test that have them are dropped instead.")]
        [Engine.Authoring.Range(0.001, 1)]
        public double MaxClusterShare { get; init; } = 0.3;

        [Description("Warn where one cluster makes up more than this share of validation or test: what is measured there then says as much of that cluster as of everything else.")]
        [Engine.Authoring.Range(0.001, 1)]
        public double WarnClusterShare { get; init; } = 0.2;

        [Description("Cut the shares as they are asked for, as far as whole clusters allow. Otherwise each cluster is drawn by itself, and n clusters miss a share p by about sqrt(p (1 - p) / n). What is balanced is not stable: a document added later may move others.")]
        public bool Balance { get; init; }

        [Description("Draws the part of each cluster. A document added later moves no other one, unless it ties clusters together, or shares are cut (`balance`, `stratify_by`, `time_by`).")]
        public long Seed { get; init; } = 1;

        [Description("Memory for sorting and caches, such as 512MiB or 2GB; what does not fit is sorted on disk. Documents being read and some dozens of bytes for each document come on top.")]
        [SpeedOnly]
        public string Memory { get; init; } = "512MiB";
    }

    public sealed record Given
    {
        [Description("The documents to split. Their parts are drawn by their ids: records that were collected without `columns.id` have their place in the file in them, so that inserting or removing one moves others; give a column of ids.")]
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
    public override int Version => 7;
    public override string Description => "Splits documents into train, validation and test by near-duplicate cluster and group, with a certificate that they do not overlap.";
    public override string Incremental => "documents are read, signed and sorted, and parts are written, per shard; clusters are sought whole";
    public override int DefaultCpus => 4;
    public override bool SharesPieces => true;

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        foreach (var (property, problem) in RulesOf(with).Problems()) yield return (OptionReader.SnakeCase(property), problem);
        if (StepShards.ProblemWith(with.Memory) is { } wrong) yield return ("memory", wrong);
    }

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var rules = RulesOf(with);
        foreach (var warning in Warnings(rules)) context.Log(warning);
        var result = await Partitioner.RunAsync(StepShards.Of(inputs.Documents), rules, StepShards.Work(context, with.Memory));

        var certificate = result.Certificate;
        foreach (var (part, output) in ((Part, Output<Documents>)[])[(Part.Train, outputs.Train), (Part.Validation, outputs.Validation), (Part.Test, outputs.Test)])
            await StepShards.CopyAsync(result.Parts[part], output, context.Cancellation);
        await File.WriteAllTextAsync(outputs.Certificate["certificate.json"], certificate.ToJson(), context.Cancellation);
        if (certificate.Partition!.Undated > 0) context.Log($"{certificate.Partition.Undated} documents have no date in '{with.TimeBy}' and are in no part.");
        context.Metric("clusters", certificate.Partition.Clusters);
        context.Metric("effective_clusters", certificate.Partition.EffectiveClusters);
        context.Metric("largest_cluster", certificate.Partition.LargestCluster);
        context.Metric("dropped", result.Dropped);
        foreach (var (part, largest) in result.LargestClusters) context.Metric($"{OptionReader.SnakeCase(part.ToString())}.largest_cluster", largest);
        CertificateReport.Tell(certificate, context);
        foreach (var warning in PartWarnings.Of(result, rules, with.WarnClusterShare)) context.Log("warning: " + warning);
        if (result.Dropped > 0) context.Summary += string.Create(CultureInfo.InvariantCulture, $" · dropped {result.Dropped:N0}");
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
        Balance = with.Balance,
        Seed = (ulong)with.Seed,
        StratifyBy = with.StratifyBy,
        TimeBy = with.TimeBy,
        Folds = with.Folds,
        Fold = with.Fold,
    };

    private static IEnumerable<string> Warnings(PartitionRules rules)
    {
        if (rules.RatioOf(Part.Train) is var train and (< 0.6 or > 0.8)) yield return $"train is {train:0.###}; usual are 0.6 to 0.8.";
        foreach (var part in (Part[])[Part.Validation, Part.Test])
        {
            if (rules.RatioOf(part) is var ratio and (< 0.1 or > 0.2)) yield return $"{OptionReader.SnakeCase(part.ToString())} is {ratio:0.###}; usual are 0.1 to 0.2.";
        }
    }
}
