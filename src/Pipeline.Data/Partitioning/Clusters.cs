using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;
using Pipeline.Data.Sorting;

namespace Pipeline.Data.Partitioning;

/// <summary>The documents that must stay in one part, found by the relations that could be linked.</summary>
/// <param name="Linked">Relations whose documents are in one cluster; the others are enforced by dropping.</param>
/// <param name="Largest">Documents in the largest cluster.</param>
internal sealed record Clusters(DisjointSets Sets, IReadOnlyList<Relation> Linked, int Largest)
{
    public static async Task<Clusters> OfAsync(ShardRecords<DocumentSignature> signed, ShardRecords<PartitionKey> keys, PartitionRules rules, ShardWork work)
    {
        var corpus = signed.Corpus;
        var sets = new DisjointSets(corpus.Count);
        var linked = new List<Relation> { Relation.Exact };
        // A group is the user's word: it holds whatever its size.
        if (rules.GroupBy is not null)
        {
            linked.Insert(0, Relation.Group);
            await LinkEqualAsync(sets, keys.ReadAsync(), k => k.Group == PartitionKey.None ? null : k.Group, "groups", work);
        }

        await LinkEqualAsync(sets, signed.ReadAsync(), s => s.Text, "texts", work);
        using (var near = await NearDuplicates.FindAsync(signed, _ => true, rules.Threshold, linkCrowds: true, work))
            sets = LinkUnlessTooLarge(sets, near.Clusters, Relation.Near, rules, linked);
        using (var runs = await NgramRuns.OfAsync(corpus, rules.Ngram, _ => true, work))
        {
            var shared = new DisjointSets(corpus.Count);
            foreach (var documents in runs.Shared()) shared.UnionAll(documents);
            sets = LinkUnlessTooLarge(sets, shared, Relation.Ngram, rules, linked);
        }

        return new(sets, linked, LargestOf(sets));
    }

    private static DisjointSets LinkUnlessTooLarge(DisjointSets sets, DisjointSets more, Relation relation, PartitionRules rules, List<Relation> linked)
    {
        var both = new DisjointSets(sets.Count);
        for (var i = 0; i < sets.Count; i++)
        {
            both.Union(i, sets.Root(i));
            both.Union(i, more.Root(i));
        }

        // Where groups alone are that large already, linking that makes no cluster larger still costs nothing.
        if (LargestOf(both) > Math.Max(LargestOf(sets), rules.MaxClusterShare * sets.Count)) return sets;
        linked.Add(relation);
        return both;
    }

    private static async Task LinkEqualAsync<T>(DisjointSets sets, IAsyncEnumerable<(int First, T[] Records)> shards, Func<T, UInt128?> key, string name, ShardWork work)
    {
        using var sort = new ExternalSort<KeyedDocument>(work.Space(), name);
        await foreach (var (first, records) in shards)
        {
            for (var i = 0; i < records.Length; i++)
                if (key(records[i]) is { } value) sort.Add(new KeyedDocument(value, first + i));
        }

        foreach (var group in KeyedDocument.Groups(sort.Sorted())) sets.UnionAll(group);
    }

    private static int LargestOf(DisjointSets sets)
    {
        var sizes = new int[sets.Count + 1];
        for (var i = 0; i < sets.Count; i++) sizes[sets.Root(i)]++;
        return sizes.Max();
    }
}
