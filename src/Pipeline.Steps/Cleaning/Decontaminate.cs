using System.ComponentModel;
using System.Text.Json.Nodes;
using Pipeline.Data.Decontamination;
using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Cleaning;

/// <summary>Removes what benchmarks ask from training text.</summary>
public sealed class Decontaminate : Step<Decontaminate.With, Decontaminate.Given, Decontaminate.Made>
{
    private static readonly CutRules Cuts = new();

    public sealed record With
    {
        [Description("Benchmarks as JSON lines or Parquet, relative to the pipeline file; an item is a line or row.")]
        [SourceFiles]
        public IReadOnlyList<string> Files { get; init; } = [];

        [Description("Fields of the files that make an item's text, such as `question`; none takes every text of the line or row.")]
        public IReadOnlyList<string> Fields { get; init; } = [];

        [Description("Words that a document and an item may not have in a row. Of an item with fewer words all of them count.")]
        [Engine.Authoring.Range(2, 100)]
        public int Ngram { get; init; } = 13;

        [Description("Items with fewer words are left out, and counted: anybody may have written them.")]
        [Engine.Authoring.Range(1, 100)]
        public int MinimumWords { get; init; } = 5;

        [Description("`drop` the document, `cut` what is shared with the sentence around it, or `report`: leave it, with the items it shares words with as the metadata `contaminated_by`, at most 20.")]
        public ContaminationAction Action { get; init; }

        [Description("With `cut`: characters before and after what is shared that go with it at most; where its sentence begins or ends within them, so does the cut.")]
        [Engine.Authoring.Range(0, 100_000)]
        public int Margin { get; init; } = Cuts.Margin;

        [Description("With `cut`: a document that falls into more pieces is dropped.")]
        [Engine.Authoring.Range(1, 1_000_000)]
        public int MaximumPieces { get; init; } = Cuts.MostPieces;

        [Description("With `cut`: a document of which fewer characters are left is dropped.")]
        [Engine.Authoring.Range(1, 1_000_000_000)]
        public int MinimumCharacters { get; init; } = Cuts.LeastCharacters;
    }

    public sealed record Given
    {
        [Description("Documents to train on.")]
        public required Artifact<Artifacts.Documents> Documents { get; init; }

        [Description("Benchmarks that are documents of this pipeline, such as a test part.")]
        public ArtifactList<Artifacts.Documents> Benchmarks { get; init; } = new([]);
    }

    public sealed record Made
    {
        [Description("The documents without what the benchmarks have.")]
        public required Output<Artifacts.Documents> Documents { get; init; }

        [Description("What was found, by benchmark, with samples.")]
        public required Output<Artifacts.Funnel> Funnel { get; init; }
    }

    public override string Name => "clean.decontaminate";
    public override int Version => 6;
    public override string Description => "Finds runs of words that documents share with benchmarks, and drops the documents, cuts what is shared or reports it. Words are compared without case, marks, punctuation and the values of numbers.";
    public override int DefaultCpus => 2;
    public override bool SharesPieces => true;
    public override string Incremental => "per shard of its documents, as long as the benchmarks are the same";

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with.Action != ContaminationAction.Cut && CutsOf(with) != Cuts) yield return ("action", $"is {with.Action.ToString().ToLowerInvariant()}, for which margin, maximum_pieces and minimum_characters mean nothing; expected cut, or leave them out");
        if (with.MinimumWords > with.Ngram) yield return ("minimum_words", $"is above ngram ({with.Ngram}); items of between them would be looked for in part only");
    }

    protected override IEnumerable<(string Option, string Message)> Check(With with, IReadOnlyDictionary<string, int> given)
    {
        if (with.Files.Count == 0 && given.GetValueOrDefault("benchmarks") == 0) yield return ("files", "names no benchmark, and no input benchmarks is given; give one of them");
    }

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var index = new BenchmarkIndex(with.Ngram, with.MinimumWords);
        var madeOf = new JsonArray();
        foreach (var source in context.Sources)
        {
            var (items, damaged) = await BenchmarkFiles.ReadAsync(source.Name, source.Path, with.Fields, index, context.Cancellation);
            if (damaged > 0) context.Log($"{source.Name}: {damaged} lines are no JSON and were left out; {items} items were read.");
            // Funnels and counts name the benchmarks.
            madeOf.Add($"{source.Sha256} {source.Name}");
        }

        foreach (var (name, _, artifact) in inputs.Benchmarks.Entries)
        {
            await foreach (var document in DocumentReader.ReadAsync(artifact.LocateAll(), context.Cancellation)) index.Add($"{name}:{document.Id}", document.Text);
            madeOf.Add($"{artifact.Digest} {name}");
        }

        if (index.Count == 0) throw new StepFailedException($"Of {index.TooShort} items none has {with.MinimumWords} words, so nothing would be looked for. Lower minimum_words or name other fields.");
        context.Metric("benchmark.items", index.Count);
        context.Metric("benchmark.too_short", index.TooShort);
        context.Metric("benchmark.runs", index.Runs);
        await FilteredShards.RunAsync(new DecontaminationFilter(index, with.Ngram, with.Action, CutsOf(with)), inputs.Documents, outputs.Documents, outputs.Funnel, context, madeOf);
    }

    private static CutRules CutsOf(With with) => new(with.Margin, with.MaximumPieces, with.MinimumCharacters);
}
