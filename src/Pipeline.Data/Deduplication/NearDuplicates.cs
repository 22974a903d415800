using Pipeline.Data.Documents;

namespace Pipeline.Data.Deduplication;

/// <summary>Clusters of documents whose exact Jaccard similarity of 5-word shingles reaches a threshold, found among those that share a MinHash band.</summary>
public sealed class NearDuplicates : IDisposable
{
    /// <summary>
    /// In a bucket of up to this many documents all pairs are compared. In a larger one, which boilerplate or an attacker makes, each document is compared with
    /// the first member of every cluster found there so far, and with this many of them at most: the work stays linear.
    /// </summary>
    public const int Crowd = 64;

    /// <summary>Documents of buckets whose pairs are compared at once; a pair that is in one cluster by then need not be.</summary>
    private const int Batch = 8192;

    private readonly CandidateSets sets;
    private readonly double threshold;
    private readonly ShardWork work;

    private NearDuplicates(int count, CandidateSets sets, double threshold, ShardWork work) => (Clusters, this.sets, this.threshold, this.work) = (new(count), sets, threshold, work);

    public DisjointSets Clusters { get; }

    /// <summary>Pairs whose exact similarity was asked for.</summary>
    public long Compared { get; private set; }

    /// <summary>Times that a document in a crowded bucket was not compared with every cluster there.</summary>
    public long CutShort { get; private set; }

    /// <param name="included">Which documents take part, by number.</param>
    /// <param name="linkCrowds">Puts a crowded bucket in one cluster without comparing: then no two documents of different clusters are near duplicates that share a band.</param>
    internal static async Task<NearDuplicates> FindAsync(Corpus corpus, BandBuckets bands, Func<int, bool> included, double threshold, bool linkCrowds, ShardWork work)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threshold);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threshold, 1);
        var wanted = new bool[corpus.Count];
        foreach (var bucket in bands.Buckets(included))
            if (!linkCrowds || bucket.Count <= Crowd) bucket.ForEach(d => wanted[d] = true);

        var found = new NearDuplicates(corpus.Count, await CandidateSets.OfAsync(corpus, wanted, work), threshold, work);
        try
        {
            found.Join(bands.Buckets(included), linkCrowds);
        }
        catch
        {
            found.Dispose();
            throw;
        }

        return found;
    }

    /// <summary>Exact Jaccard similarity of two members of clusters.</summary>
    public double Similarity(int a, int b) => sets.Similarity(a, b);

    public void Dispose() => sets.Dispose();

    private void Join(IEnumerable<List<int>> buckets, bool linkCrowds)
    {
        var some = new List<int[]>();
        var size = 0;
        foreach (var bucket in buckets)
        {
            if (bucket.Count > Crowd && linkCrowds) Clusters.UnionAll(bucket);
            else if (bucket.Count > Crowd)
            {
                JoinAll();
                JoinCrowd(bucket);
            }
            else
            {
                some.Add([.. bucket]);
                if ((size += bucket.Count) >= Batch) JoinAll();
            }
        }

        JoinAll();

        void JoinAll()
        {
            // Where all are alike, and mostly they are, the first of each bucket ties it together and nothing is left to compare.
            Compare(some.SelectMany(b => b.Skip(1).Select(d => (b[0], d))));
            Compare(some.SelectMany(b => Enumerable.Range(1, b.Length - 1).SelectMany(i => b.Skip(i + 1).Select(d => (b[i], d)))));
            some.Clear();
            size = 0;
        }
    }

    private void Compare(IEnumerable<(int A, int B)> pairs)
    {
        foreach (var some in pairs.Where(p => Clusters.Root(p.A) != Clusters.Root(p.B)).Chunk(Batch))
        {
            var alike = new bool[some.Length];
            Parallel.For(0, some.Length, work.Parallel, i => alike[i] = sets.AreAlike(some[i].A, some[i].B, threshold));
            Compared += some.Length;
            for (var i = 0; i < some.Length; i++)
                if (alike[i]) Clusters.Union(some[i].A, some[i].B);
        }
    }

    private void JoinCrowd(List<int> bucket)
    {
        var firsts = new List<int>();
        foreach (var document in bucket)
        {
            if (firsts.Exists(first => Clusters.Root(first) == Clusters.Root(document))) continue;
            var like = firsts.FindIndex(first =>
            {
                Compared++;
                return sets.AreAlike(first, document, threshold);
            });
            if (like >= 0) Clusters.Union(firsts[like], document);
            else if (firsts.Count < Crowd) firsts.Add(document);
            else CutShort++;
        }
    }
}
