using Pipeline.Data.Documents;

namespace Pipeline.Data.Deduplication;

public sealed record DeduplicationRules
{
    public bool Exact { get; init; } = true;
    public bool Near { get; init; } = true;

    /// <summary>Jaccard similarity of 5-word shingles from which two texts are near duplicates, above 0 and up to 1.</summary>
    public double Threshold { get; init; } = 0.8;
}

/// <summary>A dropped document and the one that was kept for it.</summary>
/// <param name="Similarity">Exact Jaccard similarity of the two. In a chain of near duplicates the ends may be less alike than the threshold.</param>
public sealed record Duplicate(Document Dropped, Document Kept, double Similarity);

/// <param name="Kept">In the order given.</param>
/// <param name="Near">In the order given, as <paramref name="Exact"/>.</param>
/// <param name="LargestCluster">Documents in the largest near-duplicate cluster.</param>
/// <param name="Compared">Pairs compared exactly.</param>
/// <param name="CutShort">See <see cref="NearDuplicates.CutShort"/>.</param>
public sealed record Deduplicated(
    IReadOnlyList<Document> Kept, IReadOnlyList<Duplicate> Exact, IReadOnlyList<Duplicate> Near, int LargestCluster, long Compared, long CutShort);

/// <summary>Keeps one document of each set of duplicates: the one with the longest text, among equals the one with the smallest id.</summary>
public static class Deduplicator
{
    public static Deduplicated Run(IReadOnlyList<Document> documents, DeduplicationRules rules, int workers = -1, CancellationToken cancellation = default)
    {
        var (distinct, exact) = rules.Exact ? DropExact(documents, workers, cancellation) : (documents, []);
        if (!rules.Near) return new(distinct, exact, [], distinct.Count == 0 ? 0 : 1, 0, 0);

        string[] texts = [.. distinct.Select(d => d.Text)];
        var found = NearDuplicates.Find(texts, rules.Threshold, workers: workers, cancellation: cancellation);
        var (kept, near, largest) = Choose(distinct, found.Clusters, (dropped, chosen) => found.Similarity(dropped, chosen));
        return new(kept, exact, near, largest, found.Compared, found.CutShort);
    }

    private static (IReadOnlyList<Document> Kept, IReadOnlyList<Duplicate> Dropped) DropExact(IReadOnlyList<Document> documents, int workers, CancellationToken cancellation)
    {
        var fingerprints = new TextFingerprint[documents.Count];
        Parallel.For(0, documents.Count, new() { MaxDegreeOfParallelism = workers, CancellationToken = cancellation }, i => fingerprints[i] = TextFingerprint.Of(documents[i].Text));
        var sets = new DisjointSets(documents.Count);
        var first = new Dictionary<TextFingerprint, int>();
        for (var i = 0; i < documents.Count; i++)
        {
            if (!first.TryAdd(fingerprints[i], i)) sets.Union(first[fingerprints[i]], i);
        }

        var (kept, dropped, _) = Choose(documents, sets, (_, _) => 1);
        return (kept, dropped);
    }

    private static (List<Document> Kept, List<Duplicate> Dropped, int Largest) Choose(IReadOnlyList<Document> documents, DisjointSets sets, Func<int, int, double> similarity)
    {
        var best = new int[documents.Count];
        var sizes = new int[documents.Count];
        Array.Fill(best, -1);
        for (var i = 0; i < documents.Count; i++)
        {
            var root = sets.Root(i);
            sizes[root]++;
            if (best[root] < 0 || IsBetter(documents[i], documents[best[root]])) best[root] = i;
        }

        List<Document> kept = [];
        List<Duplicate> dropped = [];
        for (var i = 0; i < documents.Count; i++)
        {
            var chosen = best[sets.Root(i)];
            if (chosen == i) kept.Add(documents[i]);
            else dropped.Add(new(documents[i], documents[chosen], similarity(i, chosen)));
        }

        return (kept, dropped, sizes.Append(0).Max());
    }

    private static bool IsBetter(Document a, Document b) =>
        a.Text.Length != b.Text.Length ? a.Text.Length > b.Text.Length : string.CompareOrdinal(a.Id, b.Id) < 0;
}
