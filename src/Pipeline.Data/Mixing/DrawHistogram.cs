using System.IO.Hashing;
using System.Text;

namespace Pipeline.Data.Mixing;

/// <summary>
/// Sizes of documents by a seeded draw of their ids. To take a share of a domain is to take the documents of the lowest draws, so that a larger share has all of a smaller one and a new document
/// moves no other. Memory does not grow with the documents; histograms of parts add up.
/// </summary>
public sealed class DrawHistogram
{
    public const int Buckets = 1 << 14;

    public long[] Sizes { get; init; } = new long[Buckets];

    public long Total => Sizes.Sum();

    public void Add(int draw, long size) => Sizes[draw] += size;

    public void Add(DrawHistogram other)
    {
        for (var i = 0; i < Buckets; i++) Sizes[i] += other.Sizes[i];
    }

    public static int DrawOf(string id, ulong seed) =>
        (int)(XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(id), (long)seed) >> 50);

    /// <summary>The draw below which documents are taken so that their sizes come nearest to <paramref name="target"/>.</summary>
    public int Below(double target)
    {
        var (sum, bucket) = (0L, 0);
        if (target <= 0) return 0;
        while (bucket < Buckets && sum + (Sizes[bucket] / 2.0) <= target) sum += Sizes[bucket++];
        return bucket;
    }
}
