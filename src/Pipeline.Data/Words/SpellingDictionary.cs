using System.Globalization;

namespace Pipeline.Data.Words;

/// <summary>
/// Words with counts, and the nearest of them to a word that is none (symmetric delete: Garbe 2012). Index and query lose up to two of their first seven characters; whatever is then the same is compared exactly.
/// </summary>
public sealed class SpellingDictionary
{
    public const int MostDistance = 2;
    private const int Prefix = 7;
    internal const int LongestWord = 64;
    private const int BucketBits = 16;

    /// <summary>A frequent word is one of so many at least: about sixty words of a language.</summary>
    private const long MostFrequent = 400;

    private readonly string[] words;
    private readonly long[] counts;
    private readonly long total;

    /// <summary>No word has another count than the rest, so that counts say nothing.</summary>
    private readonly bool uniform;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> placeOf;

    /// <summary>Hash of what is left in the upper half, the word's place in the lower, ascending.</summary>
    private readonly ulong[] index;
    private readonly int[] buckets = new int[(1 << BucketBits) + 1];

    /// <param name="entries">Lower-case words; counts of the same word add up.</param>
    public SpellingDictionary(IEnumerable<(string Word, long Count)> entries)
    {
        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (word, count) in entries)
            if (word.Length is > 0 and <= LongestWord) sums[word] = sums.GetValueOrDefault(word) + count;
        (words, counts) = ([.. sums.Keys], [.. sums.Values]);
        (total, uniform) = (counts.Sum(), counts.Length > 0 && counts.Max() == counts.Min());
        var places = new Dictionary<string, int>(words.Length);
        for (var i = 0; i < words.Length; i++) places[words[i]] = i;
        placeOf = places.GetAlternateLookup<ReadOnlySpan<char>>();

        var all = new List<ulong>(words.Length * 16);
        var left = new HashSet<uint>();
        for (var i = 0; i < words.Length; i++)
        {
            left.Clear();
            Deletes(words[i].AsSpan(0, Math.Min(Prefix, words[i].Length)), left);
            foreach (var hash in left) all.Add(((ulong)hash << 32) | (uint)i);
        }

        index = [.. all];
        Array.Sort(index);
        foreach (var entry in index) buckets[(entry >> (64 - BucketBits)) + 1]++;
        for (var i = 1; i < buckets.Length; i++) buckets[i] += buckets[i - 1];
    }

    public int Count => words.Length;

    public bool Has(ReadOnlySpan<char> word) => placeOf.ContainsKey(word);

    /// <summary>Of the words at the least distance the most frequent, of equals the first; null where none is near enough.</summary>
    public string? Nearest(string word, int mostDistance)
    {
        if (word.Length > LongestWord || mostDistance < 1) return null;
        var left = new HashSet<uint>();
        Deletes(word.AsSpan(0, Math.Min(Prefix, word.Length)), left);
        var seen = new HashSet<int>();
        var (best, distance) = (-1, mostDistance + 1);
        foreach (var hash in left)
        {
            var bucket = (int)(hash >> (32 - BucketBits));
            var at = Array.BinarySearch(index, buckets[bucket], buckets[bucket + 1] - buckets[bucket], (ulong)hash << 32);
            for (at = at < 0 ? ~at : at; at < index.Length && (uint)(index[at] >> 32) == hash; at++)
            {
                var candidate = (int)(uint)index[at];
                if (Math.Abs(words[candidate].Length - word.Length) > distance || !seen.Add(candidate)) continue;
                var own = Distance(word, words[candidate], distance);
                if (own < distance || (own == distance && best >= 0 && (counts[candidate] > counts[best] || (counts[candidate] == counts[best] && candidate < best)))) (best, distance) = (candidate, own);
            }
        }

        return best < 0 || distance > mostDistance ? null : words[best];
    }

    /// <summary>The word that two neighbouring letters of this one make when they are swapped, if it is a frequent one; null where none is.</summary>
    public string? Swapped(string word)
    {
        var best = -1;
        var letters = word.ToCharArray();
        for (var i = 1; i < letters.Length; i++)
        {
            (letters[i - 1], letters[i]) = (letters[i], letters[i - 1]);
            if (placeOf.TryGetValue(letters, out var place) && (uniform || counts[place] >= total / MostFrequent) && (best < 0 || counts[place] > counts[best])) best = place;
            (letters[i - 1], letters[i]) = (letters[i], letters[i - 1]);
        }

        return best < 0 ? null : words[best];
    }

    /// <summary>A word and its count a line, blanks or a tab between them; lines that begin with # are remarks. Without a count a word counts once.</summary>
    /// <exception cref="InvalidDataException">More words than the limit.</exception>
    public static IEnumerable<(string Word, long Count)> Read(string name, IEnumerable<string> lines, int mostWords)
    {
        var read = 0;
        foreach (var line in lines)
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var parts = line.Split((char[])[' ', '\t'], 3, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 0) continue;
            if (++read > mostWords) throw new InvalidDataException($"{name}: has more than {mostWords} words. Raise maximum_words or give a smaller dictionary.");
            var count = parts.Length > 1 && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 1;
            yield return (parts[0].Trim('\ufeff').ToLowerInvariant(), count);
        }
    }

    /// <summary>Hashes of the text with none, one and two of its characters gone.</summary>
    private static void Deletes(ReadOnlySpan<char> text, HashSet<uint> hashes)
    {
        for (var i = -1; i < text.Length; i++)
        {
            for (var j = i < 0 ? text.Length - 1 : i; j < text.Length; j++)
            {
                var hash = 14695981039346656037UL;
                for (var k = 0; k < text.Length; k++)
                    if (k != i && (k != j || (i < 0))) hash = (hash ^ text[k]) * 1099511628211UL;
                hashes.Add((uint)(Deduplication.NormalizedWords.Mix(hash) >> 32));
            }
        }
    }

    /// <summary>Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours; <paramref name="most"/> + 1 for anything beyond.</summary>
    internal static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int most)
    {
        if (Math.Abs(a.Length - b.Length) > most) return most + 1;
        Span<int> before = stackalloc int[b.Length + 1], last = stackalloc int[b.Length + 1], row = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            var least = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) cost = Math.Min(cost, before[j - 2] + 1);
                row[j] = cost;
                least = Math.Min(least, cost);
            }

            if (least > most) return most + 1;
            var spare = before;
            before = last;
            last = row;
            row = spare;
        }

        return Math.Min(last[b.Length], most + 1);
    }
}
