using Pipeline.Data.Deduplication;

namespace Pipeline.Data.Partitioning;

/// <summary>Runs of n words that texts share, words as in <see cref="NormalizedWords"/>. Texts of fewer words have none.</summary>
internal static class NgramOverlaps
{
    /// <summary>Puts the texts that share a run in one set.</summary>
    public static DisjointSets Link(IReadOnlyList<string> texts, int n)
    {
        var sets = new DisjointSets(texts.Count);
        var first = new Dictionary<ulong, int>();
        foreach (var (text, run) in Runs(texts, n))
        {
            if (!first.TryAdd(run, text)) sets.Union(first[run], text);
        }

        return sets;
    }

    /// <summary>The texts of <paramref name="later"/> that share a run with one of <paramref name="earlier"/>, each with the first such one. Memory grows with <paramref name="later"/> only.</summary>
    public static Dictionary<int, int> Find(IReadOnlyList<string> earlier, IReadOnlyList<string> later, int n)
    {
        var firstEarlier = new Dictionary<ulong, int>();
        foreach (var (_, run) in Runs(later, n)) firstEarlier[run] = -1;
        foreach (var (text, run) in Runs(earlier, n))
        {
            ref var found = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrNullRef(firstEarlier, run);
            if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref found) && found < 0) found = text;
        }

        var overlaps = new Dictionary<int, int>();
        foreach (var (text, run) in Runs(later, n))
        {
            if (firstEarlier[run] is >= 0 and var found) overlaps.TryAdd(text, found);
        }

        return overlaps;
    }

    private static IEnumerable<(int Text, ulong Run)> Runs(IReadOnlyList<string> texts, int n)
    {
        List<ulong> words = [], runs = [];
        for (var i = 0; i < texts.Count; i++)
        {
            NormalizedWords.HashesOf(texts[i], words);
            if (words.Count < n) continue;
            Shingles.Of(words, n, runs);
            foreach (var run in runs) yield return (i, run);
        }
    }
}
