using Pipeline.Data.Deduplication;

namespace Pipeline.Data.Quality;

/// <summary>
/// Runs of n words of a text, their hashes and lengths from running sums. What is there more than once has beginning and end that are there more than once: so only runs of two words are all
/// counted, and of longer ones those that may be repeated.
/// </summary>
internal sealed class Grams
{
    private const ulong Base = 0x9E3779B97F4A7C15;

    private readonly HashCounts counts;
    private readonly ulong[] hashes;
    private readonly int[] characters;

    /// <summary>Where runs of <see cref="length"/> words begin that the text has more than once, ascending.</summary>
    private readonly List<int> repeated = [];
    private readonly List<int> places = [];
    private int length = 1, most, first;

    public Grams(List<TextWord> words, HashCounts counts)
    {
        this.counts = counts;
        (hashes, characters) = (new ulong[words.Count + 1], new int[words.Count + 1]);
        for (var i = 0; i < words.Count; i++)
        {
            hashes[i + 1] = (hashes[i] * Base) + words[i].Hash;
            characters[i + 1] = characters[i] + words[i].Characters;
        }
    }

    /// <summary>Code points of all words.</summary>
    public int Characters => characters[^1];

    private int Words => hashes.Length - 1;

    /// <summary>The code points that the most frequent run covers, of equally frequent ones the first: its length times its count.</summary>
    /// <param name="blanks">Count those between its words.</param>
    public long TopCharacters(int n, bool blanks)
    {
        if (Words < n) return 0;
        CountTo(n);
        return (long)most * (LengthOf(first, n) + (blanks ? n - 1 : 0));
    }

    /// <summary>The code points of runs that came before; where one is found the next begins after it, so that no word counts twice.</summary>
    public int RepeatedCharacters(int n)
    {
        CountTo(n);
        counts.Clear(repeated.Count);
        var (scale, sum, next) = (Scale(n), 0, 0);
        foreach (var i in repeated)
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
        var all = 0L;
        for (var i = 0; i + n <= Words; i++) all += LengthOf(i, n);
        return MeasuredText.Ratio(repeated.Sum(i => (long)LengthOf(i, n)), all);
    }

    private void CountTo(int n)
    {
        if (n < length) throw new InvalidOperationException("Runs are counted from the short to the long.");
        while (length < n) CountLonger();
    }

    private void CountLonger()
    {
        length++;
        counts.Clear(length == 2 ? Words : repeated.Count);
        places.Clear();
        var scale = Scale(length);
        if (length == 2)
        {
            for (var i = 0; i + 2 <= Words; i++)
            {
                repeated.Add(i);
                places.Add(counts.PlaceOf(HashOf(i, 2, scale)));
            }
        }
        else
        {
            var candidates = 0;
            for (var r = 0; r + 1 < repeated.Count; r++)
            {
                var i = repeated[r];
                if (repeated[r + 1] != i + 1 || i + length > Words) continue;
                repeated[candidates++] = i;
                places.Add(counts.PlaceOf(HashOf(i, length, scale)));
            }

            repeated.RemoveRange(candidates, repeated.Count - candidates);
        }

        // Without a repeated run the first of all is the most frequent.
        (most, first) = (1, 0);
        var kept = 0;
        for (var r = 0; r < repeated.Count; r++)
        {
            var count = counts.At(places[r]);
            if (count > most) (most, first) = (count, repeated[r]);
            if (count > 1) repeated[kept++] = repeated[r];
        }

        repeated.RemoveRange(kept, repeated.Count - kept);
    }

    /// <summary>Code points of the words alone.</summary>
    private int LengthOf(int start, int n) => characters[start + n] - characters[start];

    private ulong HashOf(int start, int n, ulong scale) => NormalizedWords.Mix(hashes[start + n] - (hashes[start] * scale));

    private static ulong Scale(int n)
    {
        var scale = 1UL;
        for (var i = 0; i < n; i++) scale *= Base;
        return scale;
    }
}
