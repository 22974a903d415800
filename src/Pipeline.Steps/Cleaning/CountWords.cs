using System.ComponentModel;
using System.Globalization;
using Pipeline.Data.Documents;
using Pipeline.Data.Words;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Cleaning;

/// <summary>Counts the words of a corpus.</summary>
public sealed class CountWords : Step<CountWords.With, CountWords.Given, CountWords.Made>
{
    public sealed record With
    {
        [Description("Leave out words that occur less often.")]
        [Engine.Authoring.Range(1, int.MaxValue)]
        public int MinimumCount { get; init; } = 1;

        [Description("Most words to hold; beyond twice as many rare ones are forgotten.")]
        [Engine.Authoring.Range(1000, 100_000_000)]
        public int MaximumWords { get; init; } = 2_000_000;
    }

    public sealed record Given
    {
        [Description("Documents to count in.")]
        public required Artifact<Artifacts.Documents> Documents { get; init; }
    }

    public sealed record Made
    {
        [Description("Words in lower case with their counts, the most frequent first.")]
        public required Output<Artifacts.Vocabulary> Vocabulary { get; init; }
    }

    public override string Name => "clean.vocabulary";
    public override int Version => 4;
    public override string Description => "Counts the words of a corpus outside its code, for clean.words: what many documents write is no mistake.";
    public override int DefaultCpus => 2;
    public override bool SharesPieces => true;
    public override string Incremental => "per shard of its documents";

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var vocabulary = new Vocabulary(with.MaximumWords);
        await foreach (var piece in inputs.Documents.Files.SelectInOrderAsync(context.Cpus, shard => CountAsync(inputs.Documents, shard, with.MaximumWords, context), context.Cancellation))
            vocabulary.AddLines(await piece.ContentAsync());

        await File.WriteAllBytesAsync(outputs.Vocabulary["words.tsv"], vocabulary.ToLines(with.MinimumCount), context.Cancellation);
        context.Metric("words", vocabulary.Count);
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{vocabulary.Count:N0} words");
    }

    private static Task<Piece<Counted>> CountAsync(Artifact<Artifacts.Documents> documents, ArtifactFile shard, int mostWords, StepContext context) =>
        context.Pieces.GetAsync("shard", shard.Sha256, async () =>
        {
            var words = new Vocabulary(mostWords);
            await foreach (var document in DocumentReader.ReadAsync([(shard.Path, documents.Locate(shard.Path))], context.Cancellation)) words.Add(document);
            return new MadePiece<Counted>(new(words.Count)) { Content = words.ToLines() };
        });

    private sealed record Counted(int Words);
}
