using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Partitioning;

/// <summary>What two parts share: documents of <paramref name="Later"/> with a relation to <paramref name="Earlier"/>.</summary>
public sealed record PartOverlap(Part Earlier, Part Later, int Exact, int Near, int Ngram);

public sealed record PartSize(int Documents, long Characters, double Share, double Ratio);

/// <summary>Counts, taken from the finished parts alone, of everything that would make an evaluation on the later parts unfair.</summary>
public sealed record Certificate
{
    private const int MostExamples = 5;

    public required IReadOnlyDictionary<Part, PartSize> Sizes { get; init; }
    public required IReadOnlyList<PartOverlap> Overlaps { get; init; }

    /// <summary>Values of the group key that occur in more than one part.</summary>
    public required int GroupLeaks { get; init; }

    public required ulong Seed { get; init; }
    public required string? GroupBy { get; init; }
    public required double Threshold { get; init; }
    public required int Ngram { get; init; }

    /// <summary>One line each; empty where the parts do not overlap.</summary>
    public required IReadOnlyList<string> Violations { get; init; }

    public int Clusters { get; init; }
    public int LargestCluster { get; init; }
    public IReadOnlyList<Relation> LinkedBy { get; init; } = [];

    /// <summary>Documents left out of every part, by the relation that could not be linked.</summary>
    public IReadOnlyDictionary<Relation, int> Dropped { get; init; } = new Dictionary<Relation, int>();

    /// <summary>Clusters moved into a part that would have stayed empty.</summary>
    public int MovedToFill { get; init; }

    public bool Holds => Violations.Count == 0;

    public static Certificate Of(
        IReadOnlyList<Document> train, IReadOnlyList<Document> validation, IReadOnlyList<Document> test, PartitionRules rules, int workers = -1, CancellationToken cancellation = default)
    {
        var parts = new SortedDictionary<Part, IReadOnlyList<Document>> { [Part.Train] = train, [Part.Validation] = validation, [Part.Test] = test };
        var violations = new List<string>();
        var overlaps = new List<PartOverlap>();
        foreach (var (earlier, later) in (ReadOnlySpan<(Part, Part)>)[(Part.Train, Part.Validation), (Part.Train, Part.Test), (Part.Validation, Part.Test)])
        {
            var found = Partitioning.Overlaps.Find(parts[earlier], parts[later], rules, workers, cancellation);
            overlaps.Add(new(earlier, later, Count(Relation.Exact), Count(Relation.Near), Count(Relation.Ngram)));
            violations.AddRange(found.GroupBy(o => o.Relation).Select(g =>
                $"{g.Count()} of {Word(later)} overlap {Word(earlier)} ({Word(g.Key)}), such as {string.Join(", ", g.Take(MostExamples).Select(o => $"{o.Later.Id} with {o.Earlier.Id}"))}"));

            int Count(Relation relation) => found.Count(o => o.Relation == relation);
        }

        var leaks = Leaks(parts, rules.GroupBy);
        if (leaks.Count > 0) violations.Add($"{leaks.Count} groups of {rules.GroupBy} are in more than one part, such as {string.Join(", ", leaks.Take(MostExamples))}");
        var total = Math.Max(1, parts.Values.Sum(p => p.Count));
        return new()
        {
            Sizes = new SortedDictionary<Part, PartSize>(parts.ToDictionary(
                p => p.Key, p => new PartSize(p.Value.Count, p.Value.Sum(d => (long)d.Text.Length), Math.Round((double)p.Value.Count / total, 6), rules.RatioOf(p.Key)))),
            Overlaps = overlaps,
            GroupLeaks = leaks.Count,
            Seed = rules.Seed,
            GroupBy = rules.GroupBy,
            Threshold = rules.Threshold,
            Ngram = rules.Ngram,
            Violations = violations,
        };
    }

    /// <summary>The same certificate gives the same bytes.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";

    private static List<string> Leaks(IReadOnlyDictionary<Part, IReadOnlyList<Document>> parts, string? groupBy) => groupBy is null
        ? []
        : [.. parts.SelectMany(p => p.Value.Select(d => (Group: d.Metadata.GetValueOrDefault(groupBy), Part: p.Key))).Where(x => x.Group is not null)
            .Distinct().GroupBy(x => x.Group!).Where(g => g.Count() > 1).Select(g => g.Key).Order(StringComparer.Ordinal)];

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };
}
