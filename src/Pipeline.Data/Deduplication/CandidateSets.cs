using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pipeline.Data.Documents;
using Pipeline.Data.Sorting;

namespace Pipeline.Data.Deduplication;

/// <summary>The distinct shingles of documents that may be near duplicates, in a scratch file and, those used last, in memory. Reading from several threads is fine.</summary>
internal sealed class CandidateSets : IDisposable
{
    private readonly string path;
    private readonly SafeFileHandle file;
    private readonly Dictionary<int, (long At, int Count, ulong Checksum)> places = [];
    private readonly ConcurrentDictionary<int, ulong[]> cache = new();
    private readonly long mostCached;
    private long cached;
    private long end;

    private CandidateSets(string path, long memory)
    {
        (this.path, mostCached) = (path, memory);
        file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
    }

    /// <param name="wanted">By number.</param>
    public static async Task<CandidateSets> OfAsync(Corpus corpus, bool[] wanted, ShardWork work)
    {
        var sets = new CandidateSets(Path.Combine(work.Scratch, "candidates"), work.Memory / 4);
        var shards = Enumerable.Range(0, corpus.Shards.Count).Where(s => wanted.AsSpan(corpus.FirstOf(s), corpus.CountOf(s)).Contains(true));
        await System.Threading.Tasks.Parallel.ForEachAsync(shards, work.Parallel, async (shard, cancellation) =>
        {
            var number = corpus.FirstOf(shard);
            await foreach (var document in corpus.Shards[shard].ReadAsync(cancellation))
                if (wanted[number++]) sets.Put(number - 1, Shingles.SetOf(document.Text));
        });
        return sets;
    }

    /// <exception cref="DamagedRunException">The file was changed.</exception>
    public ulong[] Of(int document)
    {
        if (cache.TryGetValue(document, out var known)) return known;
        var (at, count, checksum) = places[document];
        var set = new ulong[count];
        var bytes = MemoryMarshal.AsBytes(set.AsSpan());
        for (int read = 0, more; read < bytes.Length; read += more)
            if ((more = RandomAccess.Read(file, bytes[read..], at + read)) == 0) throw new DamagedRunException(path, "ends too soon");
        if (XxHash3.HashToUInt64(bytes) != checksum) throw new DamagedRunException(path, "a checksum is wrong");
        // What is compared now was compared just before, or never: a cache that is emptied when it is full does as well as one that keeps count.
        if (Interlocked.Add(ref cached, bytes.Length) > mostCached)
        {
            cache.Clear();
            Interlocked.Exchange(ref cached, bytes.Length);
        }

        cache[document] = set;
        return set;
    }

    public bool AreAlike(int a, int b, double threshold)
    {
        var (x, y) = (places[a].Count, places[b].Count);
        // No two sets are more alike than their sizes.
        return Math.Min(x, y) >= threshold * Math.Max(x, y) && Similarity(a, b) >= threshold;
    }

    /// <summary>Exact Jaccard similarity.</summary>
    public double Similarity(int a, int b) => Shingles.Jaccard(Of(a), Of(b));

    public void Dispose()
    {
        file.Dispose();
        File.Delete(path);
    }

    private void Put(int document, ulong[] set)
    {
        var bytes = MemoryMarshal.AsBytes(set.AsSpan());
        long at;
        lock (places)
        {
            at = end;
            end += bytes.Length;
            places.Add(document, (at, set.Length, XxHash3.HashToUInt64(bytes)));
        }

        RandomAccess.Write(file, bytes, at);
    }
}
