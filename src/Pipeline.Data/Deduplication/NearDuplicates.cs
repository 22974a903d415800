namespace Pipeline.Data.Deduplication;

/// <summary>Clusters of texts whose exact Jaccard similarity of 5-word shingles reaches a threshold, found among those that share a MinHash band.</summary>
public sealed class NearDuplicates
{
    /// <summary>
    /// In a bucket of up to this many texts all pairs are compared. In a larger one, which boilerplate or an attacker makes, each text is compared with
    /// the first member of every cluster found there so far, and with this many of them at most: the work stays linear.
    /// </summary>
    public const int Crowd = 64;

    private readonly IReadOnlyList<string> texts;
    private readonly ulong[]?[] sets;

    private NearDuplicates(IReadOnlyList<string> texts)
    {
        this.texts = texts;
        sets = new ulong[texts.Count][];
        Clusters = new(texts.Count);
    }

    public DisjointSets Clusters { get; }

    /// <summary>Pairs whose exact similarity was computed.</summary>
    public long Compared { get; private set; }

    /// <summary>Times that a text in a crowded bucket was not compared with every cluster there.</summary>
    public long CutShort { get; private set; }

    public int WithoutWords { get; private set; }

    /// <param name="linkCrowds">Puts the texts of a crowded bucket in one cluster without comparing them: then no two texts of different clusters are near duplicates that share a band.</param>
    public static NearDuplicates Find(IReadOnlyList<string> texts, double threshold, bool linkCrowds = false, int workers = -1, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threshold);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threshold, 1);
        var found = new NearDuplicates(texts);
        var index = BandIndex.Of(texts, workers, cancellation);
        found.WithoutWords = index.WithoutWords;
        var options = new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation };
        for (var band = 0; band < MinHash.Bands; band++)
        {
            var crowded = new List<int[]>();
            var pairs = new List<(int A, int B)>();
            foreach (var bucket in index.Buckets(band))
            {
                if (bucket.Length > Crowd) crowded.Add(bucket);
                else found.AddPairs(bucket, pairs);
            }

            // A pair that an earlier band has put in one cluster need not be compared: that cannot change the clusters.
            var alike = new bool[pairs.Count];
            Parallel.For(0, pairs.Count, options, i => alike[i] = found.Similarity(pairs[i].A, pairs[i].B, threshold) >= threshold);
            found.Compared += pairs.Count;
            for (var i = 0; i < pairs.Count; i++)
            {
                if (alike[i]) found.Clusters.Union(pairs[i].A, pairs[i].B);
            }

            foreach (var bucket in crowded)
            {
                if (linkCrowds) found.Clusters.UnionAll(bucket);
                else found.Join(bucket, threshold, cancellation);
            }
        }

        return found;
    }

    /// <summary>Exact Jaccard similarity of two texts.</summary>
    public double Similarity(int a, int b) => Shingles.Jaccard(SetOf(a), SetOf(b));

    private double Similarity(int a, int b, double threshold)
    {
        var (x, y) = (SetOf(a), SetOf(b));
        // No two sets are more alike than their sizes.
        return Math.Min(x.Length, y.Length) < threshold * Math.Max(x.Length, y.Length) ? 0 : Shingles.Jaccard(x, y);
    }

    private void AddPairs(int[] bucket, List<(int A, int B)> pairs)
    {
        for (var i = 0; i < bucket.Length; i++)
        {
            for (var j = i + 1; j < bucket.Length; j++)
            {
                if (Clusters.Root(bucket[i]) != Clusters.Root(bucket[j])) pairs.Add((bucket[i], bucket[j]));
            }
        }
    }

    private void Join(int[] bucket, double threshold, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var firsts = new List<int>();
        foreach (var text in bucket)
        {
            if (firsts.Exists(first => Clusters.Root(first) == Clusters.Root(text))) continue;
            var like = firsts.FindIndex(first =>
            {
                Compared++;
                return Similarity(first, text, threshold) >= threshold;
            });
            if (like >= 0) Clusters.Union(firsts[like], text);
            else if (firsts.Count < Crowd) firsts.Add(text);
            else CutShort++;
        }
    }

    // Two threads may both compute a set; they compute the same.
    private ulong[] SetOf(int text) => sets[text] ??= Shingles.SetOf(texts[text]);
}
