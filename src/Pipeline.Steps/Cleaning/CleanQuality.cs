using System.ComponentModel;
using System.Text.Json;
using Pipeline.Data.Quality;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Cleaning;

/// <summary>Drops documents and lines by published heuristics.</summary>
public sealed class CleanQuality : Step<CleanQuality.With, CleanQuality.Given, CleanQuality.Made>
{
    public sealed record With
    {
        [Description("Rules by the project that reads them so, in the order in which they are asked. The default is FineWeb's recipe.")]
        [Choices(QualityFilter.GopherRepetition, QualityFilter.GopherQuality, QualityFilter.C4, QualityFilter.FineWeb, QualityFilter.DolmaRepetition, QualityFilter.DolmaQuality, QualityFilter.DolmaC4)]
        public IReadOnlyList<string> Presets { get; init; } = QualityFilter.FineWebRecipe;

        [Description("Thresholds of gopher-quality@datatrove.")]
        public GopherQualityLimits GopherQuality { get; init; } = new();

        [Description("Thresholds of gopher-repetition@datatrove.")]
        public GopherRepetitionLimits GopherRepetition { get; init; } = new();

        [Description("Rules of c4@datatrove.")]
        public C4Limits C4 { get; init; } = new();

        [Description("Thresholds of fineweb@datatrove.")]
        public FineWebLimits Fineweb { get; init; } = new();

        [Description("Thresholds of gopher-quality@dolma.")]
        public GopherQualityLimits DolmaQuality { get; init; } = new();

        [Description("Thresholds of gopher-repetition@dolma.")]
        public DolmaRepetitionLimits DolmaRepetition { get; init; } = new();

        [Description("Rules of c4@dolma.")]
        public DolmaC4Limits DolmaC4 { get; init; } = new();
    }

    public sealed record Given
    {
        [Description("Documents of running text.")]
        public required Artifact<Artifacts.Documents> Documents { get; init; }
    }

    public sealed record Made
    {
        [Description("The documents that pass; c4 cuts lines from them.")]
        public required Output<Artifacts.Documents> Documents { get; init; }

        [Description("What each rule dropped or cut by which threshold, with samples and what was measured.")]
        public required Output<Artifacts.Funnel> Funnel { get; init; }
    }

    public override string Name => "clean.quality";
    public override int Version => 5;
    public override string Description => "Drops documents that look like no running text, by the heuristics of Gopher, C4 and FineWeb, each rule with its published threshold, its count and what it measured. The rules are made for English web pages. Bars and rules of tables, and the names of speakers that a transcript lists (`speakers`), are no words. Documents of more than 100,000 words go as a whole, as in Gopher: clean.chunk before this step cuts them.";
    public override int DefaultCpus => 2;
    public override bool SharesPieces => true;
    public override string Incremental => "per shard of its documents";

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with.Presets.Count == 0) yield return ("presets", "names none; name at least one or leave the step out");
        if (with.Presets.GroupBy(p => p).FirstOrDefault(g => g.Count() > 1) is { } twice) yield return ("presets", $"has {twice.Key} more than once");
        foreach (var (option, limits) in ((string, object)[])[("gopher_quality", with.GopherQuality), ("gopher_repetition", with.GopherRepetition), ("c4", with.C4), ("fineweb", with.Fineweb), ("dolma_quality", with.DolmaQuality), ("dolma_repetition", with.DolmaRepetition), ("dolma_c4", with.DolmaC4)])
            foreach (var (property, value, expected) in QualityLimits.Wrong(limits))
                yield return ($"{option}.{JsonNamingPolicy.SnakeCaseLower.ConvertName(property)}", $"is {value}, expected {expected}");
        foreach (var (option, preset, _) in Blocks(with).Where(b => b.Changed && !with.Presets.Contains(b.Preset)))
            yield return (option, $"is set, but presets does not name {preset}, so it would do nothing; add {preset} to presets or leave {option} out");
        foreach (var (option, limits) in ((string, GopherQualityLimits)[])[("gopher_quality", with.GopherQuality), ("dolma_quality", with.DolmaQuality)])
        {
            if (limits.MinimumWords > limits.MaximumWords) yield return ($"{option}.maximum_words", $"is below minimum_words ({limits.MinimumWords}), so every document would be dropped");
            if (limits.MinimumWordLength > limits.MaximumWordLength) yield return ($"{option}.maximum_word_length", $"is below minimum_word_length ({limits.MinimumWordLength}), so every document would be dropped");
        }
    }

    /// <summary>Each block of options with the preset that reads it, and whether it says anything that is no default.</summary>
    private static (string Option, string Preset, bool Changed)[] Blocks(With with) =>
    [
        ("gopher_quality", QualityFilter.GopherQuality, with.GopherQuality != new GopherQualityLimits()),
        ("gopher_repetition", QualityFilter.GopherRepetition, with.GopherRepetition != new GopherRepetitionLimits()),
        ("c4", QualityFilter.C4, with.C4 != new C4Limits()),
        ("fineweb", QualityFilter.FineWeb, with.Fineweb != new FineWebLimits()),
        ("dolma_quality", QualityFilter.DolmaQuality, with.DolmaQuality != new GopherQualityLimits()),
        ("dolma_repetition", QualityFilter.DolmaRepetition, with.DolmaRepetition != new DolmaRepetitionLimits()),
        ("dolma_c4", QualityFilter.DolmaC4, with.DolmaC4.BlockedWords.Count > 0 || with.DolmaC4 with { BlockedWords = [] } != new DolmaC4Limits()),
    ];

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var filter = new QualityFilter(new()
        {
            Presets = with.Presets,
            GopherQuality = with.GopherQuality,
            GopherRepetition = with.GopherRepetition,
            C4 = with.C4,
            FineWeb = with.Fineweb,
            DolmaQuality = with.DolmaQuality,
            DolmaRepetition = with.DolmaRepetition,
            DolmaC4 = with.DolmaC4,
        });
        return FilteredShards.RunAsync(filter, inputs.Documents, outputs.Documents, outputs.Funnel, context);
    }
}
