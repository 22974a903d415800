using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Nodes;
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
    public override int Version => 4;
    public override string Description => "Cuts each document into its beginning, middle and end, for a corpus of one or a few long texts; it proves no lack of overlap, for which there is partition.split.";
    public override bool SharesPieces => true;
    public override string Incremental => "per shard of its documents";

    protected override IEnumerable<(string Option, string Message)> Check(With with) =>
        RulesOf(with).Problems().Select(p => (OptionReader.SnakeCase(p.Property), p.Problem));

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var rules = RulesOf(with);
        var sizes = new List<string>();
        foreach (var (part, output) in ((Part, Output<Documents>)[])[(Part.Train, outputs.Train), (Part.Validation, outputs.Validation), (Part.Test, outputs.Test)])
        {
            var name = OptionReader.SnakeCase(part.ToString());
            var (read, passages, characters, longest, written) = (0L, 0L, 0L, 0, 0);
            await foreach (var piece in inputs.Documents.Files.SelectInOrderAsync(context.Cpus, shard => CutAsync(inputs.Documents, shard, part, name, rules, context), context.Cancellation))
            {
                (read, passages, characters, longest) = (read + piece.Facts.Read, passages + piece.Facts.Passages, characters + piece.Facts.Characters, Math.Max(longest, piece.Facts.Longest));
                if (piece.File is { } path) File.Copy(path, output[DocumentShards.NameOf(written++)]);
            }

            if (passages == 0 && rules.RatioOf(part) > 0)
                throw new StepFailedException($"{name} gets no text: the longest of {read} documents has {longest} characters. Give longer texts, or set {name} to 0.");
            if (passages == 0) await DocumentShards.WriteAllAsync(output.Folder, [], cancellation: context.Cancellation);
            context.Metric($"{name}.documents", passages);
            context.Metric($"{name}.characters", characters);
            sizes.Add(characters.ToString("N0", CultureInfo.InvariantCulture));
        }

        context.Summary = $"{string.Join(" / ", sizes)} characters";
    }

    /// <summary>A shard's passages of one part as a shard, or as none where there are none.</summary>
    private static Task<Piece<CutShard>> CutAsync(Artifact<Documents> documents, ArtifactFile shard, Part part, string name, PartitionRules rules, StepContext context) =>
        context.Pieces.GetAsync("shard", new JsonObject { ["part"] = name, ["documents"] = shard.Sha256 }, async () =>
        {
            var texts = await DocumentReader.ReadAllAsync([(shard.Path, documents.Locate(shard.Path))], context.Cancellation);
            var passages = ContiguousCut.PassagesOf(texts, part, rules).ToList();
            var path = Path.Combine(context.Scratch, $"{name}-{shard.Path}");
            await using var writer = new DocumentWriter(path);
            foreach (var passage in passages) await writer.AddAsync(passage);
            if (passages.Count > 0) await writer.CompleteAsync();
            var facts = new CutShard(texts.Count, passages.Count, passages.Sum(p => (long)p.Text.Length), texts.Select(t => t.Text.Length).DefaultIfEmpty().Max());
            return new MadePiece<CutShard>(facts) { File = passages.Count > 0 ? path : null };
        });

    /// <param name="Longest">Characters of the longest document that was read.</param>
    private sealed record CutShard(int Read, int Passages, long Characters, int Longest);

    private static PartitionRules RulesOf(With with) => new() { Train = with.Train, Validation = with.Validation, Test = with.Test };
}
