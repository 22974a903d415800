using System.Numerics;

namespace Pipeline.Training.Distributed;

/// <summary>
/// Sums in the order of one fixed tree over numbered pieces: neighbours first, then neighbours of pairs, and so on. A run of 2^k pieces that starts at a multiple
/// of 2^k is a subtree, so whoever sums it alone gets the same bits (docs/decisions/distributed-exact-reduction.md).
/// </summary>
public static class PairwiseTree
{
    /// <summary>The sum of the values, piece i being value i.</summary>
    public static double Sum(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty) return 0;
        var sums = values.ToArray();
        for (var stride = 1; stride < sums.Length; stride *= 2)
        {
            for (var i = 0; i + stride < sums.Length; i += 2 * stride) sums[i] += sums[i + stride];
        }

        return sums[0];
    }

    /// <summary>Sums <paramref name="count"/> pieces of equal length that lie one after the other, into the first one.</summary>
    internal static void SumInto<T>(Span<T> pieces, int count)
        where T : struct, INumber<T>
    {
        var length = pieces.Length / count;
        for (var stride = 1; stride < count; stride *= 2)
        {
            for (var i = 0; i + stride < count; i += 2 * stride) Add(pieces.Slice(i * length, length), pieces.Slice((i + stride) * length, length));
        }
    }

    private static void Add<T>(Span<T> to, ReadOnlySpan<T> from)
        where T : struct, INumber<T>
    {
        var i = 0;
        for (; i <= to.Length - Vector<T>.Count; i += Vector<T>.Count) (new Vector<T>(to[i..]) + new Vector<T>(from[i..])).CopyTo(to[i..]);
        for (; i < to.Length; i++) to[i] += from[i];
    }
}
