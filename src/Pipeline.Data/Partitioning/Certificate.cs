using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Partitioning;

/// <summary>What two parts share: documents of <paramref name="Later"/> with a relation to <paramref name="Earlier"/>.</summary>
public sealed record PartOverlap(Part Earlier, Part Later, int Exact, int Near, int Ngram);

/// <param name="Ratio">What was asked for; null where the parts were given.</param>
/// <param name="StandardError">By how much the share of documents differs from the ratio where chance alone decides; null where it does not.</param>
public sealed record PartSize(int Documents, long Characters, double Share, double? Ratio = null, double? StandardError = null);

/// <summary>Counts, taken from the finished parts alone, of everything that would make an evaluation on the later parts unfair.</summary>
public sealed record Certificate
{
    private const int MostExamples = 5;

    public required IReadOnlyDictionary<Part, PartSize> Sizes { get; init; }
    public required IReadOnlyList<PartOverlap> Overlaps { get; init; }

    /// <summary>Values of the group key that occur in more than one part.</summary>
    public required int GroupLeaks { get; init; }

    /// <summary>How the parts were told apart; null where they were given.</summary>
    public PartitionFacts? Partition { get; init; }

    public required string? GroupBy { get; init; }
    public required double Threshold { get; init; }
    public required int Ngram { get; init; }

    /// <summary>One line each; empty where the parts do not overlap.</summary>
    public required IReadOnlyList<string> Violations { get; init; }

    public bool Holds => Violations.Count == 0;

    /// <param name="parts">Two or three, in the order of the enumeration.</param>
    /// <param name="rules">Of these the group key, the threshold and the n-gram count.</param>
    public static async Task<Certificate> OfAsync(IReadOnlyList<(Part Part, IReadOnlyList<DocumentShard> Shards)> parts, PartitionRules rules, ShardWork work)
    {
        var shards = parts.SelectMany(p => p.Shards).ToList();
        var signed = await DocumentSignatures.OfAsync(shards, near: true, field: null, work);
        var keys = rules.GroupBy is null ? null : await PartitionKey.OfAsync(shards, rules, work);
        Comparison? made = null;
        var key = $"{signed.Corpus.Digest} {string.Join(' ', parts.Select(p => $"{p.Part}={p.Shards.Count}"))} {rules.GroupBy} {rules.Threshold:R} {rules.Ngram}";
        var (certificate, _) = await work.FindAsync("certificate", key, async () => made = await Comparison.OfAsync(signed, rules, work), async corpus => (await OfAsync(parts, corpus, keys, rules, work), Enumerable.Empty<byte>()));
        made?.Delete();
        return certificate with { Sizes = new SortedDictionary<Part, PartSize>(certificate.Sizes.ToDictionary()) };
    }

    private static async Task<Certificate> OfAsync(
        IReadOnlyList<(Part Part, IReadOnlyList<DocumentShard> Shards)> parts, Comparison compared, ShardRecords<PartitionKey>? keys, PartitionRules rules, ShardWork work)
    {
        var starts = new List<(Part Part, int First)>();
        var (shard, corpus) = (0, compared.Corpus);
        foreach (var part in parts)
        {
            starts.Add((part.Part, shard < corpus.Shards.Count ? corpus.FirstOf(shard) : corpus.Count));
            shard += part.Shards.Count;
        }

        var overlaps = await CrossOverlaps.FindAsync(compared, d => PartOf(d), [Relation.Exact, Relation.Near, Relation.Ngram], rules, work);
        var leaks = keys is null ? [] : await LeaksAsync(keys, PartOf, rules, work);
        var examples = overlaps.GroupBy(o => (o.Relation, o.Before, o.After)).SelectMany(g => g.Take(MostExamples)).SelectMany(o => (int[])[o.Earlier, o.Later]).Concat(leaks.Take(MostExamples));
        var texts = await corpus.FetchAsync(examples, work.Cancellation);
        var violations = overlaps.GroupBy(o => (o.Before, o.After, o.Relation)).OrderBy(g => g.Key).Select(g =>
            $"{g.Count()} of {Word(g.Key.After)} overlap {Word(g.Key.Before)} ({Word(g.Key.Relation)}), such as {string.Join(", ", g.Take(MostExamples).Select(o => $"{texts[o.Later].Named} with {texts[o.Earlier].Named}"))}").ToList();
        if (leaks.Count > 0) violations.Add($"{leaks.Count} groups of {rules.GroupBy} are in more than one part, such as {string.Join(", ", leaks.Take(MostExamples).Select(d => texts[d].Metadata[rules.GroupBy!]))}");
        return new()
        {
            Sizes = await SizesAsync(parts, compared.Signed, PartOf),
            Overlaps = [.. from before in parts from after in parts where before.Part < after.Part select Pair(before.Part, after.Part)],
            GroupLeaks = leaks.Count,
            GroupBy = rules.GroupBy,
            Threshold = rules.Threshold,
            Ngram = rules.Ngram,
            Violations = violations,
        };

        PartOverlap Pair(Part before, Part after)
        {
            return new(before, after, Count(Relation.Exact), Count(Relation.Near), Count(Relation.Ngram));

            int Count(Relation relation) => overlaps.Count(o => o.Relation == relation && o.Before == before && o.After == after);
        }

        Part PartOf(int document)
        {
            var at = starts.Count - 1;
            while (starts[at].First > document) at--;
            return starts[at].Part;
        }
    }

    /// <summary>The same certificate gives the same bytes.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";

    private static async Task<SortedDictionary<Part, PartSize>> SizesAsync(IReadOnlyList<(Part Part, IReadOnlyList<DocumentShard> Shards)> parts, ShardRecords<DocumentSignature> signed, Func<int, Part> partOf)
    {
        var sizes = parts.ToDictionary(p => p.Part, _ => (Documents: 0, Characters: 0L));
        await foreach (var (first, signatures) in signed.ReadAsync())
        {
            for (var i = 0; i < signatures.Length; i++)
            {
                var (documents, characters) = sizes[partOf(first + i)];
                sizes[partOf(first + i)] = (documents + 1, characters + signatures[i].Length);
            }
        }

        return new(sizes.ToDictionary(s => s.Key, s => new PartSize(s.Value.Documents, s.Value.Characters, Math.Round((double)s.Value.Documents / Math.Max(1, signed.Corpus.Count), 6))));
    }

    /// <summary>A document of each group that is in more than one part.</summary>
    private static async Task<List<int>> LeaksAsync(ShardRecords<PartitionKey> keys, Func<int, Part> partOf, PartitionRules rules, ShardWork work)
    {
        using var groups = await PartitionKey.GroupsAsync(keys, work);
        if (groups.Count == 0) throw await UnknownKey.ProblemAsync("group_by", rules.GroupBy!, keys.Corpus.Shards, work.Cancellation);
        return [.. KeyedDocument.Groups(groups.Sorted()).Where(g => partOf(g[0]) != partOf(g[^1])).Select(g => g[0]).Order()];
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };
}
