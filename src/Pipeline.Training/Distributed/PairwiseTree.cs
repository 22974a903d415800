using System.Numerics;

namespace Pipeline.Training.Distributed;

/// <summary>The sum of <paramref name="Count"/> neighbouring leaves, a power of two of them, that begin at a multiple of their number.</summary>
public readonly record struct Subtree(int Start, int Count)
{
    /// <summary>Whether the two are the halves of one subtree.</summary>
    public bool Completes(Subtree left) => left.Count == Count && left.Start + Count == Start && left.Start % (2 * Count) == 0;
}

/// <summary>
/// Sums in the order of one fixed tree over numbered leaves: neighbours first, then neighbours of pairs, and so on, and what is left over from the right. Subtrees can
/// be summed by whoever has their leaves, with the same bits in the end (docs/decisions/distributed-exact-reduction.md).
/// </summary>
public static class PairwiseTree
{
    /// <summary>The leaves that one of several ranks sums: consecutive ones, as evenly as can be.</summary>
    public static (int Start, int End) RunOf(int leaves, int rank, int ranks) => ((int)((long)leaves * rank / ranks), (int)((long)leaves * (rank + 1) / ranks));

    /// <summary>The fewest subtrees that make up a run of leaves, from left to right.</summary>
    public static IReadOnlyList<Subtree> Cover(int start, int end)
    {
        var subtrees = new List<Subtree>();
        while (start < end)
        {
            var aligned = start == 0 ? int.MaxValue : start & -start;
            var count = Math.Min(aligned, 1 << BitOperations.Log2((uint)(end - start)));
            subtrees.Add(new(start, count));
            start += count;
        }

        return subtrees;
    }

    /// <summary>The sum of the values, leaf i being value i.</summary>
    public static double Sum(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty) return 0;
        var sums = values.ToArray();
        Sum(sums, [.. Enumerable.Range(0, sums.Length).Select(leaf => new Subtree(leaf, 1))]);
        return sums[0];
    }

    /// <summary>Goes on from subtrees that together cover all leaves: their sums, arrays of equal length, lie one after the other, and the first becomes the total.</summary>
    public static void Sum<T>(Span<T> sums, IReadOnlyList<Subtree> subtrees)
        where T : struct, INumber<T>
    {
        var length = sums.Length / subtrees.Count;
        var waiting = new Stack<(Subtree Subtree, int Place)>();
        for (var place = 0; place < subtrees.Count; place++)
        {
            var current = (Subtree: subtrees[place], Place: place);
            while (waiting.TryPeek(out var left) && current.Subtree.Completes(left.Subtree))
            {
                Add(sums, left.Place, current.Place, length);
                current = (new(left.Subtree.Start, 2 * left.Subtree.Count), waiting.Pop().Place);
            }

            waiting.Push(current);
        }

        for (var last = waiting.Pop().Place; waiting.TryPop(out var left); last = left.Place) Add(sums, left.Place, last, length);
    }

    private static void Add<T>(Span<T> sums, int toPlace, int fromPlace, int length)
        where T : struct, INumber<T>
    {
        var to = sums.Slice(toPlace * length, length);
        var from = sums.Slice(fromPlace * length, length);
        var i = 0;
        for (; i <= length - Vector<T>.Count; i += Vector<T>.Count) (new Vector<T>(to[i..]) + new Vector<T>(from[i..])).CopyTo(to[i..]);
        for (; i < length; i++) to[i] += from[i];
    }
}
