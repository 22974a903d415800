using Pipeline.Data.Documents;

namespace Pipeline.Data.Deduplication;

/// <summary>A document under the key of one of its MinHash bands: the band in the four highest bits, the key in the next 64, the document in the rest.</summary>
internal readonly record struct BandEntry(UInt128 Value) : IShardRecord<BandEntry>
{
    private const int KeyBits = 64, DocumentBits = 60;

    public static BandEntry Of(int band, ulong key, int document) => new(((UInt128)(uint)band << (KeyBits + DocumentBits)) | ((UInt128)key << DocumentBits) | (uint)document);

    public UInt128 Key => Value >> DocumentBits;

    public int Document => (int)(uint)(ulong)Value;

    public BandEntry From(int first) => new(Value + (uint)first);

    public int CompareTo(BandEntry other) => Value.CompareTo(other.Value);
}

/// <summary>The documents of a corpus that share the key of a MinHash band.</summary>
internal sealed class BandBuckets(ShardRuns<BandEntry> entries, CancellationToken cancellation)
{
    public static async Task<BandBuckets> OfAsync(ShardRecords<DocumentSignature> signed, ShardWork work) => new(await signed.SortAsync<BandEntry>("bands", Project), work.Cancellation);

    /// <summary>Those of two or more, ascending, band by band. The list is used again for the next.</summary>
    /// <param name="included">Which documents take part, by number.</param>
    public IEnumerable<List<int>> Buckets(Func<int, bool> included)
    {
        var bucket = new List<int>();
        var key = UInt128.MaxValue;
        foreach (var entry in entries.Sorted(share: 2))
        {
            if (entry.Key != key)
            {
                cancellation.ThrowIfCancellationRequested();
                if (bucket.Count > 1) yield return bucket;
                bucket.Clear();
                key = entry.Key;
            }

            if (included(entry.Document)) bucket.Add(entry.Document);
        }

        if (bucket.Count > 1) yield return bucket;
    }

    public void Delete() => entries.Delete();

    private static void Project(DocumentSignature[] signatures, List<BandEntry> entries)
    {
        for (var i = 0; i < signatures.Length; i++)
        {
            for (var band = 0; band < MinHash.Bands && signatures[i].Shingles > 0; band++) entries.Add(BandEntry.Of(band, signatures[i].Bands[band], i));
        }
    }
}
