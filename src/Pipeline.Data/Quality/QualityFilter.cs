using System.Collections.Concurrent;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Quality;

public sealed record QualityOptions
{
    public IReadOnlyList<string> Presets { get; init; } = QualityFilter.FineWebRecipe;
    public GopherQualityLimits GopherQuality { get; init; } = new();
    public GopherRepetitionLimits GopherRepetition { get; init; } = new();
    public GopherQualityLimits DolmaQuality { get; init; } = new();
    public DolmaRepetitionLimits DolmaRepetition { get; init; } = new();
    public C4Limits C4 { get; init; } = new();
    public FineWebLimits FineWeb { get; init; } = new();
}

/// <summary>Drops documents, and lines of them, by published heuristics, preset after preset in the order given.</summary>
public sealed class QualityFilter : DocumentFilter
{
    public const string GopherRepetition = "gopher-repetition@datatrove", GopherQuality = "gopher-quality@datatrove", C4 = "c4@datatrove", FineWeb = "fineweb@datatrove";
    public const string DolmaRepetition = "gopher-repetition@dolma", DolmaQuality = "gopher-quality@dolma";

    /// <summary>The presets of FineWeb in its order.</summary>
    public static readonly IReadOnlyList<string> FineWebRecipe = [GopherRepetition, GopherQuality, C4, FineWeb];

    private const int LongestKept = 4 << 20;

    private readonly List<Func<Document, MeasuredText, FunnelTally, string?>> presets = [];
    private readonly List<(string Rule, string? Threshold)> rules = [];
    private readonly ConcurrentBag<MeasuredText> idle = [];

    /// <exception cref="ArgumentException">A preset of that name there is not.</exception>
    public QualityFilter(QualityOptions options)
    {
        foreach (var preset in options.Presets)
        {
            switch (preset)
            {
                case GopherRepetition: Add("gopher_repetition.", GopherRepetitionRules.Of(options.GopherRepetition)); break;
                case GopherQuality: Add("gopher_quality.", GopherQualityRules.Of(options.GopherQuality)); break;
                case DolmaRepetition: Add("dolma_repetition.", DolmaRules.Of(options.DolmaRepetition)); break;
                case DolmaQuality: Add("dolma_quality.", DolmaRules.Of(options.DolmaQuality)); break;
                case FineWeb: Add("fineweb.", FineWebRules.Of(options.FineWeb)); break;
                case C4: Add(new C4Lines(options.C4, options.C4.TerminalPunctuation ?? !options.Presets.Contains(FineWeb), rules.Count)); break;
                default: throw new ArgumentException($"There is no preset '{preset}'.", nameof(options));
            }
        }
    }

    public override IReadOnlyList<(string Rule, string? Threshold)> Rules => rules;

    public override Document? Apply(Document document, FunnelTally tally)
    {
        tally.Begin(document.Text.Length);
        if (!idle.TryTake(out var measured)) measured = new();
        measured.Begin(document.Text);
        var left = Left(document, measured, tally);
        // The tables of a huge text would stay as large as it needed them.
        if (document.Text.Length <= LongestKept) idle.Add(measured);
        return left is null ? null : ReferenceEquals(left, document.Text) ? document : document with { Text = left };
    }

    private string? Left(Document document, MeasuredText measured, FunnelTally tally)
    {
        foreach (var preset in presets)
        {
            if (preset(document, measured, tally) is not { } next) return null;
            if (!ReferenceEquals(next, measured.Text)) measured.Begin(next);
        }

        return measured.Text;
    }

    private void Add(C4Lines lines)
    {
        rules.AddRange(lines.Rules);
        presets.Add((document, measured, tally) => lines.Apply(document, measured.Text, tally));
    }

    private void Add(string prefix, IReadOnlyList<QualityRule> added)
    {
        var first = rules.Count;
        rules.AddRange(added.Select(r => (prefix + r.Name, (string?)r.Threshold)));
        presets.Add((document, measured, tally) =>
        {
            for (var i = 0; i < added.Count; i++)
            {
                var value = added[i].Measure(measured);
                if (value >= added[i].Minimum && value <= added[i].Maximum) continue;
                tally.Dropped(first + i, document.Id, document.Text, measured.Text.Length, QualityRule.Text(value));
                return null;
            }

            return measured.Text;
        });
    }
}
