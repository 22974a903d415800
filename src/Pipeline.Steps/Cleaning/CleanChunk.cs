using System.ComponentModel;
using System.Text.Json.Nodes;
using Pipeline.Data.Chunking;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Tokenizing;

namespace Pipeline.Steps.Cleaning;

/// <summary>Cuts long documents into pieces.</summary>
public sealed class CleanChunk : Step<CleanChunk.With, CleanChunk.Given, CleanChunk.Made>
{
    public sealed record With
    {
        [Description("The most that a piece has, in the unit. Documents that are not longer stay as they are.")]
        [Engine.Authoring.Range(16, 1_000_000_000)]
        public required int ChunkSize { get; init; }

        [Description("How much of a piece the next begins with again, at most half of it, from the beginning of a word on. With 0 the pieces together are the document, character for character.")]
        [Engine.Authoring.Range(0, 500_000_000)]
        public int ChunkOverlap { get; init; }

        [Description("What sizes are counted in: words (between blanks), characters (UTF-16 units), or tokens, which need the input tokenizer.")]
        public ChunkUnit Unit { get; init; }
    }

    public sealed record Given
    {
        [Description("Documents, perhaps too long for what comes next.")]
        public required Artifact<Artifacts.Documents> Documents { get; init; }

        [Description("Counts the tokens.")]
        public Artifact<Artifacts.Tokenizer>? Tokenizer { get; init; }
    }

    public sealed record Made
    {
        [Description("The documents; of a long one its pieces, in their order, with its id and a number (`ID#0001`), all that is known of it, and as metadata `chunk_of` (its id), `chunk`, `chunks`, and with overlap `chunk_overlap` (characters).")]
        public required Output<Artifacts.Documents> Documents { get; init; }

        [Description("How many documents were cut into how many, with samples.")]
        public required Output<Artifacts.Funnel> Funnel { get; init; }
    }

    public override string Name => "clean.chunk";
    public override int Version => 5;
    public override string Description => "Cuts documents that are too long, such as novels before clean.quality, into pieces of about equal length: between paragraphs where it can, else between sentences, lines, words, characters. Code is cut between lines. To keep the pieces of a document in one part of a split, give partition.split `group_by: chunk_of`.";
    public override int DefaultCpus => 2;
    public override bool SharesPieces => true;
    public override string Incremental => "per shard of its documents, as long as the tokenizer is the same";

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with.ChunkOverlap > with.ChunkSize / 2) yield return ("chunk_overlap", $"is more than half of chunk_size ({with.ChunkSize}), so that most text would come more than twice; lower it to {with.ChunkSize / 2} or less");
    }

    protected override IEnumerable<(string Option, string Message)> Check(With with, IReadOnlyDictionary<string, int> given) => TokenUnit.Problems(with.Unit, ChunkUnit.Tokens, given, "words");

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var tokenizers = TokenUnit.Counter(inputs.Tokenizer);
        var chunker = new DocumentChunker(new()
        {
            Unit = with.Unit,
            Size = with.ChunkSize,
            Overlap = with.ChunkOverlap,
            CountTokens = tokenizers is null ? null : text => tokenizers.Encode([text]).Lengths[0],
        });
        return FilteredShards.RunAsync(chunker.NewTally, chunker.Apply, inputs.Documents, outputs.Documents, outputs.Funnel, context, inputs.Tokenizer is { } counts ? JsonValue.Create(counts.Digest) : null);
    }
}
