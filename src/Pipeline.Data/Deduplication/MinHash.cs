using System.Numerics;

namespace Pipeline.Data.Deduplication;

/// <summary>
/// MinHash signatures (Broder 1997) of 112 hashes x -> ax + b mod 2^64, folded into 14 bands of 8 rows: two sets of Jaccard similarity s share a band with probability
/// 1 - (1 - s^8)^14, which is .565 at .7, .924 at .8, .988 at .85.
/// </summary>
public static class MinHash
{
    public const int Bands = 14;
    public const int Rows = 8;
    private const int Hashes = Bands * Rows;

    private static readonly ulong[] Factors = new ulong[Hashes];
    private static readonly ulong[] Offsets = new ulong[Hashes];

    static MinHash()
    {
        var state = 1UL;
        for (var i = 0; i < Hashes; i++)
        {
            Factors[i] = Next() | 1;
            Offsets[i] = Next();
        }

        // SplitMix64.
        ulong Next() => NormalizedWords.Mix(state += 0x9E3779B97F4A7C15);
    }

    /// <summary>The keys of the bands; two texts may be near duplicates where they share one.</summary>
    /// <param name="shingles">At least one.</param>
    /// <param name="bands">Room for <see cref="Bands"/> keys.</param>
    public static void BandsOf(ReadOnlySpan<ulong> shingles, Span<ulong> bands)
    {
        Span<ulong> smallest = stackalloc ulong[Hashes];
        Smallest(shingles, smallest);
        for (var band = 0; band < Bands; band++)
        {
            var key = (ulong)band;
            foreach (var value in smallest.Slice(band * Rows, Rows)) key = NormalizedWords.Mix(key ^ value) * 0x9E3779B97F4A7C15;
            bands[band] = key;
        }
    }

    private static void Smallest(ReadOnlySpan<ulong> shingles, Span<ulong> smallest)
    {
        // Four registers of minima at a time stay in registers while all shingles pass by.
        var width = Vector<ulong>.Count;
        if (Hashes % (4 * width) != 0)
        {
            SmallestOneByOne(shingles, smallest);
            return;
        }

        for (var at = 0; at < Hashes; at += 4 * width)
        {
            var (a0, a1, a2, a3) = Four(Factors, at, width);
            var (b0, b1, b2, b3) = Four(Offsets, at, width);
            Vector<ulong> m0 = new(ulong.MaxValue), m1 = m0, m2 = m0, m3 = m0;
            foreach (var shingle in shingles)
            {
                var x = new Vector<ulong>(shingle);
                m0 = Vector.Min(m0, (x * a0) + b0);
                m1 = Vector.Min(m1, (x * a1) + b1);
                m2 = Vector.Min(m2, (x * a2) + b2);
                m3 = Vector.Min(m3, (x * a3) + b3);
            }

            m0.CopyTo(smallest[at..]);
            m1.CopyTo(smallest[(at + width)..]);
            m2.CopyTo(smallest[(at + (2 * width))..]);
            m3.CopyTo(smallest[(at + (3 * width))..]);
        }
    }

    private static void SmallestOneByOne(ReadOnlySpan<ulong> shingles, Span<ulong> smallest)
    {
        for (var i = 0; i < Hashes; i++)
        {
            var least = ulong.MaxValue;
            foreach (var shingle in shingles) least = Math.Min(least, (shingle * Factors[i]) + Offsets[i]);
            smallest[i] = least;
        }
    }

    private static (Vector<ulong>, Vector<ulong>, Vector<ulong>, Vector<ulong>) Four(ulong[] values, int at, int width) =>
        (new(values, at), new(values, at + width), new(values, at + (2 * width)), new(values, at + (3 * width)));
}
