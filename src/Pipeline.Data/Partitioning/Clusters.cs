using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Partitioning;

/// <summary>The documents that must stay in one part, found by the relations that could be linked.</summary>
/// <param name="Linked">Relations whose documents are in one cluster; the others are enforced by dropping.</param>
internal sealed record Clusters(DisjointSets Sets, IReadOnlyList<Relation> Linked)
{
    public static async Task<Clusters> OfAsync(Comparison corpus, ShardRecords<PartitionKey> keys, PartitionRules rules, ShardWork work)
    {
        var sets = new DisjointSets(corpus.Corpus.Count);
        var linked = new List<Relation> { Relation.Exact };
        // A group is the user's word: it holds whatever its size.
        if (rules.GroupBy is not null)
        {
            linked.Insert(0, Relation.Group);
            using var groups = await PartitionKey.GroupsAsync(keys, work);
            foreach (var group in KeyedDocument.Groups(groups.Sorted())) sets.UnionAll(group);
        }

        foreach (var group in KeyedDocument.Groups(corpus.Texts.Sorted())) sets.UnionAll(group);
        using (var near = await NearDuplicates.FindAsync(corpus.Corpus, corpus.Bands, _ => true, rules.Threshold, linkCrowds: true, work))
            sets = LinkUnlessTooLarge(sets, near.Clusters, Relation.Near, rules, linked);
        var shared = new DisjointSets(corpus.Corpus.Count);
        foreach (var documents in corpus.Ngrams.Shared(_ => true)) shared.UnionAll(documents);
        return new(LinkUnlessTooLarge(sets, shared, Relation.Ngram, rules, linked), linked);
    }

    /// <summary>Documents in the largest cluster.</summary>
    public int Largest { get; } = LargestOf(Sets);

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

    private static int LargestOf(DisjointSets sets)
    {
        var sizes = new int[sets.Count + 1];
        for (var i = 0; i < sets.Count; i++) sizes[sets.Root(i)]++;
        return sizes.Max();
    }
}
