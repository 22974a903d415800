using System.Numerics;
using System.Runtime.Intrinsics;

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

    internal static void Smallest(ReadOnlySpan<ulong> shingles, Span<ulong> smallest)
    {
        if (Vector512.IsHardwareAccelerated) Smallest512(shingles, smallest);
        else if (Hashes % (4 * Vector<ulong>.Count) == 0) SmallestOfVectors(shingles, smallest);
        else SmallestOneByOne(shingles, smallest);
    }

    private static void Smallest512(ReadOnlySpan<ulong> shingles, Span<ulong> smallest)
    {
        // Seven registers of minima at a time, with their factors and offsets, stay in registers while all shingles pass by.
        const int Width = 8, Together = 7;
        for (var at = 0; at < Hashes; at += Width * Together)
        {
            Vector512<ulong> m0 = Vector512<ulong>.AllBitsSet, m1 = m0, m2 = m0, m3 = m0, m4 = m0, m5 = m0, m6 = m0;
            var (a0, b0) = (Vector512.Create(Factors, at), Vector512.Create(Offsets, at));
            var (a1, b1) = (Vector512.Create(Factors, at + Width), Vector512.Create(Offsets, at + Width));
            var (a2, b2) = (Vector512.Create(Factors, at + (2 * Width)), Vector512.Create(Offsets, at + (2 * Width)));
            var (a3, b3) = (Vector512.Create(Factors, at + (3 * Width)), Vector512.Create(Offsets, at + (3 * Width)));
            var (a4, b4) = (Vector512.Create(Factors, at + (4 * Width)), Vector512.Create(Offsets, at + (4 * Width)));
            var (a5, b5) = (Vector512.Create(Factors, at + (5 * Width)), Vector512.Create(Offsets, at + (5 * Width)));
            var (a6, b6) = (Vector512.Create(Factors, at + (6 * Width)), Vector512.Create(Offsets, at + (6 * Width)));
            foreach (var shingle in shingles)
            {
                var x = Vector512.Create(shingle);
                m0 = Vector512.Min(m0, (x * a0) + b0);
                m1 = Vector512.Min(m1, (x * a1) + b1);
                m2 = Vector512.Min(m2, (x * a2) + b2);
                m3 = Vector512.Min(m3, (x * a3) + b3);
                m4 = Vector512.Min(m4, (x * a4) + b4);
                m5 = Vector512.Min(m5, (x * a5) + b5);
                m6 = Vector512.Min(m6, (x * a6) + b6);
            }

            m0.CopyTo(smallest[at..]);
            m1.CopyTo(smallest[(at + Width)..]);
            m2.CopyTo(smallest[(at + (2 * Width))..]);
            m3.CopyTo(smallest[(at + (3 * Width))..]);
            m4.CopyTo(smallest[(at + (4 * Width))..]);
            m5.CopyTo(smallest[(at + (5 * Width))..]);
            m6.CopyTo(smallest[(at + (6 * Width))..]);
        }
    }

    private static void SmallestOfVectors(ReadOnlySpan<ulong> shingles, Span<ulong> smallest)
    {
        // Four registers of minima at a time stay in registers while all shingles pass by.
        var width = Vector<ulong>.Count;
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

    internal static void SmallestOneByOne(ReadOnlySpan<ulong> shingles, Span<ulong> smallest)
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
