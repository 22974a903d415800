using Pipeline.Data.Deduplication;

namespace Pipeline.Data.Decontamination;

/// <summary>
/// The runs of n words of a benchmark's items. An item of fewer words is one run, of all its words; one of very few words is left out, for anybody may have written it.
/// Words are compared as duplicates are, see <see cref="NormalizedWords"/>. Memory grows with the benchmarks, not with the corpus.
/// </summary>
public sealed class BenchmarkIndex(int n, int leastWords)
{
    private readonly SortedDictionary<int, Dictionary<ulong, int>> runsByLength = [];
    private readonly List<string> items = [];
    private readonly List<ulong> words = [], runs = [];

    /// <summary>Items in the index, and those too short for it.</summary>
    public int Count => items.Count;

    public int TooShort { get; private set; }

    public long Runs => runsByLength.Values.Sum(r => (long)r.Count);

    /// <param name="name">Of the item, for reports.</param>
    public void Add(string name, string text)
    {
        NormalizedWords.HashesOf(text, words);
        if (words.Count < leastWords)
        {
            TooShort++;
            return;
        }

        var length = Math.Min(n, words.Count);
        if (!runsByLength.TryGetValue(length, out var known)) runsByLength[length] = known = [];
        Shingles.Of(words, length, runs);
        foreach (var run in runs) known.TryAdd(run, items.Count);
        items.Add(name);
    }

    public string NameOf(int item) => items[item];

    /// <summary>Where a document has runs of items: the number of its first word, how many, and the item.</summary>
    internal IEnumerable<(int Word, int Length, int Item)> Find(List<ulong> documentWords)
    {
        var found = new List<ulong>();
        foreach (var (length, known) in runsByLength)
        {
            if (documentWords.Count < length) yield break;
            Shingles.Of(documentWords, length, found);
            for (var i = 0; i < found.Count; i++)
                if (known.TryGetValue(found[i], out var item)) yield return (i, length, item);
        }
    }
}
