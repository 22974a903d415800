using System.Runtime.InteropServices;

namespace Pipeline.Data.Deduplication;

/// <summary>The bands of many texts: which of them share one.</summary>
public sealed class BandIndex
{
    private readonly ulong[][] keys;
    private readonly bool[] hasWords;

    private BandIndex(int count)
    {
        keys = [.. Enumerable.Range(0, MinHash.Bands).Select(_ => new ulong[count])];
        hasWords = new bool[count];
    }

    /// <summary>Texts without a single letter or number, which have no bands.</summary>
    public int WithoutWords => hasWords.Count(has => !has);

    public static BandIndex Of(IReadOnlyList<string> texts, int workers = -1, CancellationToken cancellation = default)
    {
        var index = new BandIndex(texts.Count);
        Parallel.For(
            0,
            texts.Count,
            new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation },
            () => (Words: new List<ulong>(), Shingles: new List<ulong>()),
            (i, _, room) =>
            {
                NormalizedWords.HashesOf(texts[i], room.Words);
                Shingles.Of(room.Words, Shingles.Words, room.Shingles);
                if (room.Shingles.Count == 0) return room;
                Span<ulong> bands = stackalloc ulong[MinHash.Bands];
                MinHash.BandsOf(CollectionsMarshal.AsSpan(room.Shingles), bands);
                for (var band = 0; band < MinHash.Bands; band++) index.keys[band][i] = bands[band];
                index.hasWords[i] = true;
                return room;
            },
            _ => { });
        return index;
    }

    /// <summary>The sets of two or more texts that share the key of a band, each ascending.</summary>
    public IEnumerable<int[]> Buckets(int band)
    {
        int[] texts = [.. Enumerable.Range(0, hasWords.Length).Where(i => hasWords[i])];
        var sorted = Array.ConvertAll(texts, i => keys[band][i]);
        Array.Sort(sorted, texts);
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            for (end = start + 1; end < sorted.Length && sorted[end] == sorted[start]; end++) { }
            if (end - start < 2) continue;
            var bucket = texts[start..end];
            Array.Sort(bucket);
            yield return bucket;
        }
    }
}
