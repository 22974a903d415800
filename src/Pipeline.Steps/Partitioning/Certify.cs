using System.ComponentModel;
using Pipeline.Data.Documents;
using Pipeline.Data.Partitioning;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;

namespace Pipeline.Steps.Partitioning;

/// <summary>Proves that parts made elsewhere do not overlap.</summary>
public sealed class Certify : Step<Certify.With, Certify.Given, Certify.Made>
{
    public sealed record With
    {
        [Description("Metadata key whose values may be in one part only.")]
        public string? GroupBy { get; init; }

        [Description("Similarity from which two documents are near duplicates, as in clean.deduplicate.")]
        [Engine.Authoring.Range(0.1, 1)]
        [WholeOnly]
        public double Threshold { get; init; } = 0.8;

        [Description("Words of a run that two parts may not share.")]
        [Engine.Authoring.Range(2, 1000)]
        [WholeOnly]
        public int Ngram { get; init; } = 13;

        [Description("Memory for sorting and caches, such as 512MiB or 2GB; what does not fit is sorted on disk.")]
        [SpeedOnly]
        public string Memory { get; init; } = "512MiB";
    }

    public sealed record Given
    {
        [Description("Documents to train on.")]
        public required Artifact<Documents> Train { get; init; }

        [Description("Documents to choose by.")]
        public Artifact<Documents>? Validation { get; init; }

        [Description("Documents for the last word.")]
        public Artifact<Documents>? Test { get; init; }
    }

    public sealed record Made
    {
        [Description("The proof: exact, near and n-gram overlaps and group leaks between the parts, all 0.")]
        public required Output<Artifacts.Certificate> Certificate { get; init; }
    }

    public override string Name => "partition.certify";
    public override int Version => 1;
    public override string Description => "Proves that two or three sets of documents share no duplicate, no near duplicate, no run of words and no group, and fails where they do.";
    public override string Incremental => "documents are read, signed and sorted per shard; comparing them is done whole";
    public override int DefaultCpus => 4;
    public override bool SharesPieces => true;

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        foreach (var (property, problem) in RulesOf(with).Problems()) yield return (OptionReader.SnakeCase(property), problem);
        if (StepShards.ProblemWith(with.Memory) is { } wrong) yield return ("memory", wrong);
    }

    protected override IEnumerable<(string Option, string Message)> Check(With with, IReadOnlyDictionary<string, int> given)
    {
        if (!given.ContainsKey("validation") && !given.ContainsKey("test")) yield return ("", "there is nothing to compare train with; give validation, test or both");
    }

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var parts = ((Part Part, Artifact<Documents>? Documents)[])[(Part.Train, inputs.Train), (Part.Validation, inputs.Validation), (Part.Test, inputs.Test)];
        List<(Part, IReadOnlyList<DocumentShard>)> given = [.. parts.Where(p => p.Documents is not null).Select(p => (p.Part, StepShards.Of(p.Documents!)))];
        var certificate = await StepShards.Work(context, with.Memory).InScratchAsync("certify", work => Data.Partitioning.Certificate.OfAsync(given, RulesOf(with), work));
        await File.WriteAllTextAsync(outputs.Certificate["certificate.json"], certificate.ToJson(), context.Cancellation);
        CertificateReport.Tell(certificate, context);
    }

    private static PartitionRules RulesOf(With with) => new() { GroupBy = with.GroupBy, Threshold = with.Threshold, Ngram = with.Ngram };
}
