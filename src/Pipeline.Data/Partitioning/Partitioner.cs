using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Partitioning;

/// <param name="Dropped">Documents that are in no part.</param>
/// <param name="LargestClusters">Documents of the largest cluster that fell to each part, before any were dropped.</param>
public sealed record Partitioned(IReadOnlyDictionary<Part, IReadOnlyList<DocumentShard>> Parts, int Dropped, IReadOnlyDictionary<Part, int> LargestClusters, Certificate Certificate);

/// <summary>
/// Splits a corpus so that no document of a later part has a relation to an earlier one, and proves it. Documents related in any way form a cluster, and a cluster goes to one part.
/// Documents stay in their order, and each shard of a part is what a shard of the corpus has of it.
/// </summary>
public static class Partitioner
{
    /// <summary>In the place of a part: the document is in none.</summary>
    private const byte None = byte.MaxValue;

    public static Task<Partitioned> RunAsync(IReadOnlyList<DocumentShard> shards, PartitionRules rules, ShardWork work)
    {
        if (rules.Problems().FirstOrDefault() is { Property: { } property, Problem: var problem }) throw new ArgumentException($"{property} {problem}.", nameof(rules));
        return work.InScratchAsync("partition", inner => RunAsync(shards, rules, inner, work.Scratch));
    }

    private static async Task<Partitioned> RunAsync(IReadOnlyList<DocumentShard> shards, PartitionRules rules, ShardWork work, string folder)
    {
        var signed = await DocumentSignatures.OfAsync(shards, near: true, field: null, work);
        var keys = await PartitionKey.OfAsync(shards, rules, work);
        await CheckKeysAsync(keys, rules, work);
        Comparison? made = null;
        var (found, partOf) = await work.FindAsync("partition", $"{signed.Corpus.Digest} {rules}", async () => made = await Comparison.OfAsync(signed, rules, work), corpus => FindAsync(corpus, keys, rules, work));
        made?.Delete();
        var places = partOf.ToArray();
        var parts = new SortedDictionary<Part, IReadOnlyList<DocumentShard>>();
        foreach (var part in Enum.GetValues<Part>())
        {
            var others = shards.Select((shard, i) => (shard, Enumerable.Range(0, signed.Corpus.CountOf(i)).Where(d => places[signed.Corpus.FirstOf(i) + d] != (byte)part).Select(Cut.Whole).ToList()));
            parts[part] = (await EditedShards.OfAsync(others, part.ToString().ToLowerInvariant(), work with { Scratch = folder })).Shards;
        }

        var certificate = await Certificate.OfAsync([.. parts.Select(p => (p.Key, p.Value))], rules, work);
        return new(parts, places.Count(p => p == None), found.Largest, certificate with
        {
            Sizes = new SortedDictionary<Part, PartSize>(certificate.Sizes.ToDictionary(s => s.Key, s => s.Value with { Ratio = Math.Round(rules.RatioOf(s.Key), 6), StandardError = found.Facts.StandardErrorOf(rules.RatioOf(s.Key)) is { } error ? Math.Round(error, 6) : null })),
            Partition = found.Facts with { Dropped = new SortedDictionary<Relation, int>(found.Facts.Dropped.ToDictionary()) },
        });
    }

    private sealed record Found(PartitionFacts Facts, SortedDictionary<Part, int> Largest);

    /// <summary>How the parts came about, and the part of each document, or <see cref="None"/>.</summary>
    private static async Task<(Found Found, IEnumerable<byte> PartOf)> FindAsync(Comparison corpus, ShardRecords<PartitionKey> keys, PartitionRules rules, ShardWork work)
    {
        var clusters = await Clusters.OfAsync(corpus, keys, rules, work);
        var drawn = await ClusterParts.OfAsync(clusters.Sets, keys, rules);
        var dropped = await DroppedAsync(corpus, clusters, drawn, rules, work);
        var facts = new PartitionFacts(rules.Seed, drawn.Clusters, clusters.Largest, clusters.Linked, new SortedDictionary<Relation, int>(dropped.Values.CountBy(r => r).ToDictionary()), drawn.Moved)
        {
            EffectiveClusters = Math.Round(drawn.EffectiveClusters, 3),
            Balance = rules.Balance ? true : null,
            StratifyBy = rules.StratifyBy,
            TimeBy = rules.TimeBy,
            Undated = drawn.Undated,
            Folds = rules.Folds,
            Fold = rules.Folds is null ? null : rules.Fold,
        };
        return (new(facts, drawn.Largest()), Enumerable.Range(0, corpus.Corpus.Count).Select(d => dropped.ContainsKey(d) ? None : (byte?)drawn.Of(d) ?? None));
    }

    /// <summary>Documents of validation and test that overlap an earlier part through a relation too wide to link.</summary>
    private static async Task<Dictionary<int, Relation>> DroppedAsync(Comparison corpus, Clusters clusters, ClusterParts drawn, PartitionRules rules, ShardWork work)
    {
        var dropped = new Dictionary<int, Relation>();
        Relation[] unlinked = [.. ((Relation[])[Relation.Near, Relation.Ngram]).Except(clusters.Linked)];
        if (unlinked.Length == 0) return dropped;
        foreach (var later in (Part[])[Part.Validation, Part.Test])
        {
            var overlaps = await CrossOverlaps.FindAsync(corpus, d => dropped.ContainsKey(d) || drawn.Of(d) > later ? null : drawn.Of(d), unlinked, rules, work);
            var mine = overlaps.Where(o => o.After == later).ToList();
            foreach (var overlap in mine) dropped.TryAdd(overlap.Later, overlap.Relation);
            if (mine.Count == 0 || Enumerable.Range(0, corpus.Corpus.Count).Any(d => drawn.Of(d) == later && !dropped.ContainsKey(d))) continue;
            var texts = await corpus.Corpus.FetchAsync([mine[0].Later, mine[0].Earlier], work.Cancellation);
            throw new InvalidDataException(
                $"Every document of {later.ToString().ToLowerInvariant()} overlaps an earlier part, such as {texts[mine[0].Later].Named} with {texts[mine[0].Earlier].Named} ({mine[0].Relation.ToString().ToLowerInvariant()}). {(mine[0].Relation == Relation.Ngram ? "Raise ngram, or remove lines and paragraphs that many share before the split (clean.deduplicate)." : "Remove near duplicates before the split.")}");
        }

        return dropped;
    }

    /// <summary>A key that no document has is a slip of the pen.</summary>
    private static async Task CheckKeysAsync(ShardRecords<PartitionKey> keys, PartitionRules rules, ShardWork work)
    {
        var wanted = new (string Option, string? Key, string With, Func<PartitionKey, bool> Has)[]
        {
            ("group_by", rules.GroupBy, "", k => k.Group != PartitionKey.None),
            ("stratify_by", rules.StratifyBy, "", k => k.Stratum != PartitionKey.None),
            ("time_by", rules.TimeBy, " with a date such as 2024-03-01", k => !double.IsNaN(k.Time)),
        }.Where(w => w.Key is not null).ToList();
        await foreach (var (_, records) in keys.ReadAsync()) wanted.RemoveAll(w => Array.Exists(records, r => w.Has(r)));
        if (wanted.Count == 0) return;
        throw await UnknownKey.ProblemAsync(wanted[0].Option, wanted[0].Key!, keys.Corpus.Shards, work.Cancellation, wanted[0].With);
    }
}
