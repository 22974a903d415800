using Pipeline.Data.Documents;
using Pipeline.Data.Sorting;

namespace Pipeline.Data.Deduplication;

/// <summary>The documents of a corpus that share the key of a MinHash band.</summary>
internal sealed class BandBuckets : IDisposable
{
    private const int KeyBits = 64;
    private const int DocumentBits = 60;

    private readonly ExternalSort<UInt128> entries;
    private readonly ShardWork work;

    private BandBuckets(ShardWork work) => (this.work, entries) = (work, new(work.Space(2), "bands"));

    public int WithoutWords { get; private set; }

    /// <param name="included">Which documents take part, by number.</param>
    public static async Task<BandBuckets> OfAsync(ShardRecords<DocumentSignature> signed, Func<int, bool> included, ShardWork work)
    {
        var buckets = new BandBuckets(work);
        var room = new List<UInt128>();
        await foreach (var (first, signatures) in signed.ReadAsync())
        {
            room.Clear();
            for (var i = 0; i < signatures.Length; i++)
            {
                if (!included(first + i)) continue;
                if (signatures[i].Shingles == 0) buckets.WithoutWords++;
                else
                    for (var band = 0; band < MinHash.Bands; band++)
                        room.Add(((UInt128)(uint)band << (KeyBits + DocumentBits)) | ((UInt128)signatures[i].Bands[band] << DocumentBits) | (uint)(first + i));
            }

            buckets.entries.Add(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(room));
        }

        return buckets;
    }

    /// <summary>Those of two or more, ascending, band by band. The list is used again for the next.</summary>
    public IEnumerable<List<int>> Buckets()
    {
        var bucket = new List<int>();
        var key = UInt128.MaxValue;
        foreach (var entry in entries.Sorted())
        {
            if (entry >> DocumentBits != key)
            {
                work.Cancellation.ThrowIfCancellationRequested();
                if (bucket.Count > 1) yield return bucket;
                bucket.Clear();
                key = entry >> DocumentBits;
            }

            bucket.Add((int)(uint)(ulong)entry);
        }

        if (bucket.Count > 1) yield return bucket;
    }

    public void Dispose() => entries.Dispose();
}
