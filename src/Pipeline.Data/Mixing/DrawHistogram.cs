using System.IO.Hashing;
using System.Text;

namespace Pipeline.Data.Mixing;

/// <summary>
/// Sizes of documents by a seeded draw of their ids. To take a share of a domain is to take the documents of the lowest draws, so that a larger share has all of a smaller one and a new document
/// moves no other. Memory does not grow with the documents.
/// </summary>
public sealed class DrawHistogram
{
    private const int Bits = 14;

    private readonly long[] sizes = new long[1 << Bits];

    public long Total { get; private set; }

    public long Documents { get; private set; }

    public static ulong DrawOf(string id, ulong seed) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(id), (long)seed);

    public void Add(ulong draw, long size)
    {
        sizes[draw >> (64 - Bits)] += size;
        Total += size;
        Documents++;
    }

    /// <summary>The bucket in which the documents below it come to <paramref name="target"/>, as its first draw and the one after its last, and what is below it.</summary>
    public (ulong From, ulong To, long Below) Around(double target)
    {
        var (sum, bucket) = (0L, 0);
        while (bucket < sizes.Length - 1 && sum + sizes[bucket] < target) sum += sizes[bucket++];
        return ((ulong)bucket << (64 - Bits), bucket == sizes.Length - 1 ? ulong.MaxValue : (ulong)(bucket + 1) << (64 - Bits), sum);
    }

    /// <summary>The draw below which documents are taken so that their sizes come nearest to <paramref name="target"/>, and what they come to.</summary>
    /// <param name="below">Sizes below the bucket.</param>
    /// <param name="end">The draw after it.</param>
    /// <param name="bucket">The documents of the bucket that <see cref="Around"/> gave.</param>
    public static (ulong Draw, long Size) Cut(double target, long below, ulong end, IEnumerable<(ulong Draw, long Size)> bucket)
    {
        var sum = below;
        foreach (var (draw, size) in bucket.Order())
        {
            if (sum + (size / 2.0) > target) return (draw, sum);
            sum += size;
        }

        return (end, sum);
    }
}
