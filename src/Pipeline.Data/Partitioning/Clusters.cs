using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Partitioning;

/// <summary>The documents that must stay in one part, found by the relations that could be linked.</summary>
/// <param name="Linked">Relations whose documents are in one cluster; the others are enforced by dropping.</param>
/// <param name="Largest">Documents in the largest cluster.</param>
internal sealed record Clusters(DisjointSets Sets, IReadOnlyList<Relation> Linked, int Largest)
{
    public static Clusters Of(IReadOnlyList<Document> documents, PartitionRules rules, int workers, CancellationToken cancellation)
    {
        string[] texts = [.. documents.Select(d => d.Text)];
        var sets = new DisjointSets(documents.Count);
        // A group is the user's word: it holds whatever its size.
        LinkEqual(sets, documents.Select(d => rules.GroupBy is { } key ? d.Metadata.GetValueOrDefault(key) : null));
        LinkEqual(sets, texts.AsParallel().AsOrdered().Select(TextFingerprint.Of).Select(f => (TextFingerprint?)f));
        var linked = new List<Relation> { Relation.Exact };
        if (rules.GroupBy is not null) linked.Insert(0, Relation.Group);

        var near = NearDuplicates.Find(texts, rules.Threshold, linkCrowds: true, workers, cancellation).Clusters;
        sets = LinkUnlessTooLarge(sets, near, Relation.Near, rules, linked);
        sets = LinkUnlessTooLarge(sets, NgramOverlaps.Link(texts, rules.Ngram), Relation.Ngram, rules, linked);
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

    private static void LinkEqual<T>(DisjointSets sets, IEnumerable<T?> values)
    {
        var first = new Dictionary<object, int>();
        var index = 0;
        foreach (var value in values)
        {
            if (value is not null && !first.TryAdd(value, index)) sets.Union(first[value], index);
            index++;
        }
    }

    private static int LargestOf(DisjointSets sets)
    {
        var sizes = new int[sets.Count + 1];
        for (var i = 0; i < sets.Count; i++) sizes[sets.Root(i)]++;
        return sizes.Max();
    }
}
