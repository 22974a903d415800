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
    public DolmaC4Limits DolmaC4 { get; init; } = new();
    public FineWebLimits FineWeb { get; init; } = new();
}

/// <summary>Drops documents, and lines of them, by published heuristics, preset after preset in the order given.</summary>
public sealed class QualityFilter : DocumentFilter
{
    public const string GopherRepetition = "gopher-repetition@datatrove", GopherQuality = "gopher-quality@datatrove", C4 = "c4@datatrove", FineWeb = "fineweb@datatrove";
    public const string DolmaRepetition = "gopher-repetition@dolma", DolmaQuality = "gopher-quality@dolma", DolmaC4 = "c4@dolma";

    /// <summary>The presets of FineWeb in its order.</summary>
    public static readonly IReadOnlyList<string> FineWebRecipe = [GopherRepetition, GopherQuality, C4, FineWeb];

    private const int LongestKept = 4 << 20;

    private static readonly Dictionary<string, string> LongDocuments = new[] { "gopher_quality", "dolma_quality" }.ToDictionary(p => p + ".maximum_words", _ => "Gopher drops longer texts whole, such as novels; clean.chunk before this step cuts them into pieces that pass.");

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
                case C4 when new C4Lines(options.C4, options.C4.TerminalPunctuation ?? !options.Presets.Contains(FineWeb), rules.Count) is var lines: Add(lines.Rules, lines.Apply); break;
                case DolmaC4 when new DolmaC4Lines(options.DolmaC4, rules.Count) is var lines: Add(lines.Rules, lines.Apply); break;
                default: throw new ArgumentException($"There is no preset '{preset}'.", nameof(options));
            }
        }
    }

    public override IReadOnlyList<(string Rule, string? Threshold)> Rules => rules;

    public override IReadOnlyDictionary<string, string> Hints => LongDocuments;

    public override Document? Apply(Document document, FunnelTally tally)
    {
        tally.Begin(document.Text.Length);
        if (!idle.TryTake(out var measured)) measured = new();
        var speakers = NoWords.SpeakersOf(document);
        measured.Begin(document.Text, speakers);
        var left = Left(document, measured, speakers, tally);
        // The tables of a huge text would stay as large as it needed them.
        if (document.Text.Length <= LongestKept) idle.Add(measured);
        return left is null ? null : ReferenceEquals(left, document.Text) ? document : document with { Text = left };
    }

    private string? Left(Document document, MeasuredText measured, HashSet<string> speakers, FunnelTally tally)
    {
        foreach (var preset in presets)
        {
            if (preset(document, measured, tally) is not { } next) return null;
            if (!ReferenceEquals(next, measured.Text)) measured.Begin(next, speakers);
        }

        return measured.Text;
    }

    private void Add(IReadOnlyList<(string Rule, string? Threshold)> added, Func<Document, string, FunnelTally, string?> apply)
    {
        rules.AddRange(added);
        presets.Add((document, measured, tally) => apply(document, measured.Text, tally));
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
