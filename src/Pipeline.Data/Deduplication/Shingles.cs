using System.Runtime.InteropServices;

namespace Pipeline.Data.Deduplication;

/// <summary>Runs of n neighbouring words, each as a 64-bit hash.</summary>
public static class Shingles
{
    /// <summary>The words that near duplicates are compared by.</summary>
    public const int Words = 5;

    /// <summary>In order of the text, repeats included. A text of fewer words is one shingle; one without words has none.</summary>
    public static void Of(List<ulong> words, int n, List<ulong> shingles)
    {
        shingles.Clear();
        var span = CollectionsMarshal.AsSpan(words);
        if (span.Length is > 0 && span.Length < n) shingles.Add(Hash(span));
        for (var i = 0; i + n <= span.Length; i++) shingles.Add(Hash(span.Slice(i, n)));
    }

    /// <summary>The distinct shingles of a text, ascending.</summary>
    public static ulong[] SetOf(string text, int n = Words)
    {
        List<ulong> words = [], shingles = [];
        NormalizedWords.HashesOf(text, words);
        Of(words, n, shingles);
        shingles.Sort();
        return [.. shingles.Distinct()];
    }

    /// <summary>|A ∩ B| / |A ∪ B| of two ascending sets; 0 where both are empty, for texts without words are not known to be alike.</summary>
    public static double Jaccard(ulong[] a, ulong[] b)
    {
        var (i, j, common) = (0, 0, 0);
        while (i < a.Length && j < b.Length)
        {
            if (a[i] == b[j]) (i, j, common) = (i + 1, j + 1, common + 1);
            else if (a[i] < b[j]) i++;
            else j++;
        }

        var union = a.Length + b.Length - common;
        return union == 0 ? 0 : (double)common / union;
    }

    private static ulong Hash(ReadOnlySpan<ulong> words)
    {
        // The length tells a short text's only shingle from the beginning of a longer one.
        var hash = (ulong)words.Length;
        foreach (var word in words) hash = (hash + word) * 0x9E3779B97F4A7C15;
        return NormalizedWords.Mix(hash);
    }
}
