using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Partitioning;

/// <summary>A document of a later part and one of an earlier part that it must not be related to.</summary>
public sealed record Overlap(Relation Relation, Document Earlier, Document Later);

/// <summary>Finds what two sets of documents share. It knows nothing of how they were told apart, so that it can prove it.</summary>
internal static class Overlaps
{
    /// <summary>For each relation but <see cref="Relation.Group"/> one overlap per document of <paramref name="later"/> that has any, in their order.</summary>
    public static List<Overlap> Find(IReadOnlyList<Document> earlier, IReadOnlyList<Document> later, PartitionRules rules, int workers, CancellationToken cancellation)
    {
        string[] before = [.. earlier.Select(d => d.Text)], after = [.. later.Select(d => d.Text)];
        var found = new List<Overlap>();
        Add(Relation.Exact, Exact(before, after));
        Add(Relation.Near, Near(before, after, rules.Threshold, workers, cancellation));
        Add(Relation.Ngram, NgramOverlaps.Find(before, after, rules.Ngram));
        return found;

        void Add(Relation relation, Dictionary<int, int> pairs) =>
            found.AddRange(pairs.OrderBy(p => p.Key).Select(p => new Overlap(relation, earlier[p.Value], later[p.Key])));
    }

    private static Dictionary<int, int> Exact(string[] before, string[] after)
    {
        var first = new Dictionary<TextFingerprint, int>();
        for (var i = 0; i < before.Length; i++) first.TryAdd(TextFingerprint.Of(before[i]), i);
        var found = new Dictionary<int, int>();
        for (var i = 0; i < after.Length; i++)
        {
            if (first.TryGetValue(TextFingerprint.Of(after[i]), out var same)) found[i] = same;
        }

        return found;
    }

    private static Dictionary<int, int> Near(string[] before, string[] after, double threshold, int workers, CancellationToken cancellation)
    {
        string[] all = [.. before, .. after];
        var index = BandIndex.Of(all, workers, cancellation);
        var sets = new Dictionary<int, ulong[]>();
        var found = new Dictionary<int, int>();
        for (var band = 0; band < MinHash.Bands; band++)
        {
            foreach (var bucket in index.Buckets(band))
            {
                // Ascending, so the earlier part comes first.
                var border = Array.FindIndex(bucket, i => i >= before.Length);
                if (border <= 0) continue;
                foreach (var text in bucket.Skip(border))
                {
                    if (found.ContainsKey(text - before.Length)) continue;
                    // A crowd is taken for near duplicates unseen: that errs on the safe side, and comparing it would be quadratic.
                    var like = bucket.Length > NearDuplicates.Crowd
                        ? bucket[0]
                        : bucket.Take(border).FirstOrDefault(other => Shingles.Jaccard(SetOf(other), SetOf(text)) >= threshold, -1);
                    if (like >= 0) found[text - before.Length] = like;
                }
            }
        }

        return found;

        ulong[] SetOf(int text) => sets.TryGetValue(text, out var set) ? set : sets[text] = Shingles.SetOf(all[text]);
    }
}
