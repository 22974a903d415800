using System.ComponentModel;
using System.Globalization;
using Pipeline.Data.Deduplication;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;

namespace Pipeline.Steps.Cleaning;

/// <summary>Drops exact and near duplicates, and parts of texts that others have too.</summary>
public sealed class Deduplicate : Step<Deduplicate.With, Deduplicate.Given, Deduplicate.Made>
{
    public sealed record With
    {
        [Description("Drop documents whose text is the same but for white space and the way letters are composed (Unicode NFC).")]
        [WholeOnly]
        public bool Exact { get; init; } = true;

        [Description("Dropping of near duplicates (MinHash-LSH of 14 bands and 8 rows; every candidate is compared exactly).")]
        public NearDuplicateOptions Near { get; init; } = new();

        [Description("Which of duplicate documents stays: the longest, the first, or the one with the highest or lowest value of `field`; among equals the one with the smallest id.")]
        [WholeOnly]
        public Keep Keep { get; init; } = Keep.Longest;

        [Description("With `keep: highest` and `keep: lowest`: the metadata key of a number or an ISO 8601 date; documents without one stay only where no other does.")]
        [WholeOnly]
        public string? Field { get; init; }

        [Description("Then cut paragraphs (lines between empty ones) that occurred before, in the same document or an earlier one.")]
        public RepeatOptions Paragraphs { get; init; } = new();

        [Description("Then cut lines that occurred before.")]
        public RepeatOptions Lines { get; init; } = new();

        [Description("Then cut runs of three sentences that occurred before.")]
        public RepeatOptions Sentences { get; init; } = new();

        [Description("Last, cut every run of bytes of at least a length that occurred before, to the words that are whole in it.")]
        public SubstringOptions Substrings { get; init; } = new();

        [Description("Memory for sorting and caches, such as 512MiB or 2GB; what does not fit is sorted on disk. Documents being read and some dozens of bytes for each document come on top.")]
        [SpeedOnly]
        public string Memory { get; init; } = "512MiB";
    }

    public sealed record NearDuplicateOptions
    {
        [Description("Drop near duplicates.")]
        [WholeOnly]
        public bool Enabled { get; init; } = true;

        [Description("Jaccard similarity of the two texts' 5-word shingles from which they are near duplicates; case, marks, numbers and punctuation do not count.")]
        [Engine.Authoring.Range(0.1, 1)]
        [WholeOnly]
        public double Threshold { get; init; } = 0.8;
    }

    public sealed record RepeatOptions
    {
        [Description("Cut them; the first copy stays. White space and composition do not count.")]
        [WholeOnly]
        public bool Enabled { get; init; }

        [Description("Shorter ones stay: headings, closing brackets and the like recur in any corpus.")]
        [Engine.Authoring.Range(1, 1_000_000)]
        [WholeOnly]
        public int MinimumWords { get; init; } = 5;
    }

    public sealed record SubstringOptions
    {
        [Description("Cut them; the first copy stays. Bytes are compared as they are, and cuts end at whole words (in scripts without spaces at letters), so that less than `minimum_bytes` may go.")]
        [WholeOnly]
        public bool Enabled { get; init; }

        [Description("Length from which a repeated run of bytes (UTF-8) is cut.")]
        [Engine.Authoring.Range(32, 4096)]
        [WholeOnly]
        public int MinimumBytes { get; init; } = 100;
    }

    public sealed record Given
    {
        [Description("Documents, perhaps with duplicates.")]
        public required Artifact<Documents> Documents { get; init; }
    }

    public sealed record Made
    {
        [Description("One document of each set of duplicates, without repeated parts, in the order given.")]
        public required Output<Documents> Documents { get; init; }

        [Description("What each rule dropped and cut, with samples.")]
        public required Output<Artifacts.Funnel> Funnel { get; init; }
    }

    public override string Name => "clean.deduplicate";
    public override int Version => 8;
    public override string Description => "Drops exact and near duplicates of documents, and cuts repeated paragraphs, lines, sentences and substrings.";
    public override string Incremental => "documents are read, signed and sorted, and what is left of them is written, per shard; comparing them is done whole";
    public override int DefaultCpus => 4;
    public override bool SharesPieces => true;

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (!with.Exact && !with.Near.Enabled && !PartsOf(with).Any(p => p.Options.Enabled) && !with.Substrings.Enabled)
            yield return ("exact", "with near duplicates and everything else off as well the step does nothing; turn one of them on or leave the step out");
        if (with.Keep is Keep.Highest or Keep.Lowest && string.IsNullOrEmpty(with.Field)) yield return ("field", $"is missing; keep: {OptionReader.SnakeCase(with.Keep.ToString())} needs a metadata key to go by");
        if (with.Keep is Keep.Longest or Keep.First && with.Field is not null) yield return ("field", $"has no meaning with keep: {OptionReader.SnakeCase(with.Keep.ToString())}; set keep to highest or lowest, or leave it out");
        if (StepShards.ProblemWith(with.Memory) is { } problem) yield return ("memory", problem);
    }

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var result = await Deduplicator.RunAsync(StepShards.Of(inputs.Documents), RulesOf(with), StepShards.Work(context, with.Memory));

        await StepShards.CopyAsync(result.Shards, outputs.Documents, context.Cancellation);
        await File.WriteAllTextAsync(outputs.Funnel["funnel.json"], result.Funnel.ToJson(), context.Cancellation);
        Report(with, result, context);
    }

    private static void Report(With with, Deduplicated result, StepContext context)
    {
        var (first, last) = (result.Funnel.Rules[0], result.Funnel.Rules[^1]);
        context.Metric("documents.in", first.DocumentsIn);
        context.Metric("documents.out", last.DocumentsOut);
        context.Metric("characters.in", first.CharactersIn);
        context.Metric("characters.out", last.CharactersOut);
        foreach (var rule in result.Funnel.Rules)
        {
            var name = rule.Rule.Replace(" duplicates", "", StringComparison.Ordinal).Replace(' ', '_');
            context.Metric("dropped." + name, rule.DocumentsIn - rule.DocumentsOut);
            if (rule.Rule.StartsWith("repeated", StringComparison.Ordinal)) context.Metric("characters." + name, rule.CharactersIn - rule.CharactersOut);
        }

        if (with.Near.Enabled)
        {
            context.Metric("near.largest_cluster", result.LargestCluster);
            context.Metric("near.compared", result.Compared);
            context.Metric("near.cut_short", result.CutShort);
        }

        if (result.CutShort > 0)
            context.Log($"{result.CutShort} times a document in a crowd of over {NearDuplicates.Crowd} that share a band was not compared with every cluster there; near duplicates may be left.");
        var said = result.Funnel.Rules.Select(r => r.Rule.EndsWith(" duplicates", StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"{r.Rule[..^" duplicates".Length]} {r.DocumentsIn - r.DocumentsOut:N0}")
            : string.Create(CultureInfo.InvariantCulture, $"{r.Rule} {r.CharactersIn - r.CharactersOut:N0} characters"));
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{first.DocumentsIn:N0} -> {last.DocumentsOut:N0}  ({string.Join(" · ", said)})");
    }

    private static DeduplicationRules RulesOf(With with) => new()
    {
        Exact = with.Exact,
        Near = with.Near.Enabled,
        Threshold = with.Near.Threshold,
        Keep = with.Keep,
        Field = with.Field,
        Parts = [.. PartsOf(with).Where(p => p.Options.Enabled).Select(p => new PartRule(p.Part, p.Options.MinimumWords))],
        Substring = with.Substrings.Enabled ? with.Substrings.MinimumBytes : null,
    };

    private static (TextPart Part, RepeatOptions Options)[] PartsOf(With with) => [(TextPart.Paragraph, with.Paragraphs), (TextPart.Line, with.Lines), (TextPart.Sentences, with.Sentences)];
}
