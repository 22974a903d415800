using System.ComponentModel;
using System.Globalization;
using Pipeline.Data.Documents;
using Pipeline.Data.Partitioning;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;

namespace Pipeline.Steps.Partitioning;

/// <summary>Cuts long texts in place, for a corpus of few documents.</summary>
public sealed class Contiguous : Step<Contiguous.With, Contiguous.Given, Contiguous.Made>
{
    public sealed record With
    {
        [Description("Share of each document's characters, from its beginning, to train on.")]
        [Engine.Authoring.Range(0, 1)]
        public double Train { get; init; } = 0.8;

        [Description("Share that follows, to validate on.")]
        [Engine.Authoring.Range(0, 1)]
        public double Validation { get; init; } = 0.1;

        [Description("Share at the end, for the test; 0 leaves the test part empty.")]
        [Engine.Authoring.Range(0, 1)]
        public double Test { get; init; } = 0.1;
    }

    public sealed record Given
    {
        [Description("The documents to cut.")]
        public required Artifact<Documents> Documents { get; init; }
    }

    public sealed record Made
    {
        [Description("The beginning of each document.")]
        public required Output<Documents> Train { get; init; }

        [Description("What follows it.")]
        public required Output<Documents> Validation { get; init; }

        [Description("The end of each document.")]
        public required Output<Documents> Test { get; init; }
    }

    public override string Name => "partition.contiguous";
    public override int Version => 1;
    public override string Description => "Cuts each document into its beginning, middle and end, for a corpus of one or a few long texts; it proves no lack of overlap, for which there is partition.split.";

    protected override IEnumerable<(string Option, string Message)> Check(With with) =>
        RulesOf(with).Problems().Select(p => (OptionReader.SnakeCase(p.Property), p.Problem));

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var rules = RulesOf(with);
        var documents = await DocumentReader.ReadAllAsync(inputs.Documents.LocateAll(), context.Cancellation);
        var sizes = new List<string>();
        foreach (var (part, output) in ((Part, Output<Documents>)[])[(Part.Train, outputs.Train), (Part.Validation, outputs.Validation), (Part.Test, outputs.Test)])
        {
            var passages = ContiguousCut.PassagesOf(documents, part, rules).ToList();
            var name = OptionReader.SnakeCase(part.ToString());
            if (passages.Count == 0 && rules.RatioOf(part) > 0)
                throw new StepFailedException($"{name} gets no text: the longest of {documents.Count} documents has {documents.Select(d => d.Text.Length).DefaultIfEmpty().Max()} characters. Give longer texts, or set {name} to 0.");
            await DocumentWriter.WriteAllAsync(output.Folder, passages);
            var characters = passages.Sum(d => (long)d.Text.Length);
            context.Metric($"{name}.documents", passages.Count);
            context.Metric($"{name}.characters", characters);
            sizes.Add(characters.ToString("N0", CultureInfo.InvariantCulture));
        }

        context.Summary = $"{string.Join(" / ", sizes)} characters";
    }

    private static PartitionRules RulesOf(With with) => new() { Train = with.Train, Validation = with.Validation, Test = with.Test };
}
