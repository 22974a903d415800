using System.Runtime.InteropServices;
using Pipeline.Data.Deduplication;

namespace Pipeline.Data.Quality;

/// <summary>
/// Runs of n words of a text, their hashes and lengths from running sums. What is there more than once has beginning and end that are there more than once: so only runs of two words are all
/// looked at, and of longer ones those that may be repeated. Of either a sieve of bits first leaves out nearly all that are there once, so that the table of counts is small and stays in the cache.
/// </summary>
internal sealed class Grams(HashCounts counts)
{
    private const ulong Base = 0x9E3779B97F4A7C15;

    /// <summary>Hash of the words up to one, and their code points.</summary>
    private ulong[] hashes = [];
    private int[] characters = [];

    /// <summary>Where runs of <see cref="length"/> words begin that the text has more than once, ascending; and their places in the table.</summary>
    private int[] repeated = [], places = [];
    private int words, runs, length, most, first;
    private ulong[] once = [], twice = [];

    public void Read(string text, List<TextWord> read)
    {
        (words, runs, length, most, first) = (read.Count, 0, 1, 0, 0);
        if (hashes.Length <= words)
        {
            var size = Math.Max(1024, words + words / 4 + 1);
            (hashes, characters, repeated, places) = (new ulong[size], new int[size], new int[size], new int[size]);
        }

        var (hash, sum) = (0UL, 0);
        var all = text.AsSpan();
        var each = CollectionsMarshal.AsSpan(read);
        (hashes[0], characters[0]) = (0, 0);
        for (var i = 0; i < each.Length; i++)
        {
            hash = (hash * Base) + HashOf(all.Slice(each[i].Start, each[i].Length));
            sum += each[i].Characters;
            (hashes[i + 1], characters[i + 1]) = (hash, sum);
        }
    }

    /// <summary>Code points of all words.</summary>
    public int Characters => characters[words];

    /// <summary>The code points that the most frequent run covers, of equally frequent ones the first: its length times its count.</summary>
    /// <param name="blanks">Count those between its words.</param>
    public long TopCharacters(int n, bool blanks)
    {
        if (words < n) return 0;
        CountTo(n);
        return (long)most * (LengthOf(first, n) + (blanks ? n - 1 : 0));
    }

    /// <summary>The code points of runs that came before; where one is found the next begins after it, so that no word counts twice.</summary>
    public int RepeatedCharacters(int n)
    {
        CountTo(n);
        counts.Clear(runs);
        var (scale, sum, next) = (Scale(n), 0, 0);
        foreach (var i in repeated.AsSpan(0, runs))
        {
            if (i < next || counts.Add(HashOf(i, n, scale)) == 1) continue;
            sum += LengthOf(i, n);
            next = i + n;
        }

        return sum;
    }

    /// <summary>The share of the code points of all runs, each counted wherever it is, that runs have which are there more than once.</summary>
    public double RepeatedShare(int n)
    {
        CountTo(n);
        var (all, again) = (0L, 0L);
        for (var i = 0; i + n <= words; i++) all += LengthOf(i, n);
        foreach (var i in repeated.AsSpan(0, runs)) again += LengthOf(i, n);
        return MeasuredText.Ratio(again, all);
    }

    private void CountTo(int n)
    {
        if (n < length) throw new InvalidOperationException("Runs are counted from the short to the long.");
        while (length < n) CountLonger();
    }

    private void CountLonger()
    {
        length++;
        // Without a repeated run the first of all is the most frequent.
        (most, first) = (1, 0);
        runs = Candidates();
        if (runs == 0) return;
        var scale = Scale(length);
        Sieve(scale);
        counts.Clear(runs);
        for (var r = 0; r < runs; r++) places[r] = counts.PlaceOf(HashOf(repeated[r], length, scale));
        var kept = 0;
        for (var r = 0; r < runs; r++)
        {
            var count = counts.At(places[r]);
            if (count > most) (most, first) = (count, repeated[r]);
            if (count > 1) repeated[kept++] = repeated[r];
        }

        runs = kept;
    }

    /// <summary>Puts the runs that may be repeated in place of the repeated ones that are a word shorter, and says how many there are.</summary>
    private int Candidates()
    {
        if (length == 2)
        {
            for (var i = 0; i + 2 <= words; i++) repeated[i] = i;
            return Math.Max(0, words - 1);
        }

        var candidates = 0;
        for (var r = 0; r + 1 < runs; r++)
            if (repeated[r + 1] == repeated[r] + 1 && repeated[r] + length <= words) repeated[candidates++] = repeated[r];
        return candidates;
    }

    /// <summary>Leaves the candidates whose bit another one has too.</summary>
    private void Sieve(ulong scale)
    {
        // Eight bits for each: one in eight of those that are there once stays.
        var size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, runs / 8 + 1));
        if (once.Length < size) (once, twice) = (new ulong[size], new ulong[size]);
        var seen = once.AsSpan(0, size);
        var again = twice.AsSpan(0, size);
        seen.Clear();
        again.Clear();
        foreach (var i in repeated.AsSpan(0, runs))
        {
            var hash = HashOf(i, length, scale);
            var (at, bit) = ((int)(hash >> 6) & (size - 1), 1UL << (int)(hash & 63));
            again[at] |= seen[at] & bit;
            seen[at] |= bit;
        }

        var left = 0;
        foreach (var i in repeated.AsSpan(0, runs))
        {
            var hash = HashOf(i, length, scale);
            if ((again[(int)(hash >> 6) & (size - 1)] & (1UL << (int)(hash & 63))) != 0) repeated[left++] = i;
        }

        runs = left;
    }

    /// <summary>Code points of the words alone.</summary>
    private int LengthOf(int start, int n) => characters[start + n] - characters[start];

    private ulong HashOf(int start, int n, ulong scale) => NormalizedWords.Mix(hashes[start + n] - (hashes[start] * scale));

    /// <summary>Four units at a time; of up to four no two words have the same.</summary>
    private static ulong HashOf(ReadOnlySpan<char> word)
    {
        var hash = (ulong)word.Length * Base;
        while (word.Length >= 4)
        {
            hash = (hash ^ MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(word))) * Base;
            hash ^= hash >> 29;
            word = word[4..];
        }

        var rest = 0UL;
        foreach (var c in word) rest = (rest << 16) | c;
        return NormalizedWords.Mix(hash ^ rest);
    }

    private static ulong Scale(int n)
    {
        var scale = 1UL;
        for (var i = 0; i < n; i++) scale *= Base;
        return scale;
    }
}
