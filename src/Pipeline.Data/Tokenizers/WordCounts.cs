namespace Pipeline.Data.Tokenizers;

/// <summary>How often each word occurs in a corpus.</summary>
internal sealed class WordCounts
{
    private const int BatchCharacters = 1 << 20;

    /// <summary>A longer word is data, not language; every merge would have to walk through it.</summary>
    public const int LongestWord = 16_384;

    private readonly Dictionary<string, long> counts = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, long> Counts => counts;

    public long Texts { get; private set; }

    /// <summary>UTF-16 code units.</summary>
    public long Characters { get; private set; }

    /// <summary>Words over <see cref="LongestWord"/>, which are not counted.</summary>
    public long SkippedWords { get; private set; }

    public static WordCounts Of(IEnumerable<string> texts, SplitPattern pattern, int workers, CancellationToken cancellation)
    {
        var total = new WordCounts();
        Parallel.ForEach(
            Batches(texts),
            new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation },
            () => new WordCounts(),
            (batch, _, mine) =>
            {
                var lookup = mine.counts.GetAlternateLookup<ReadOnlySpan<char>>();
                foreach (var text in batch) mine.Add(text, pattern, lookup);
                return mine;
            },
            mine =>
            {
                lock (total) total.Add(mine);
            });
        return total;
    }

    private void Add(string text, SplitPattern pattern, Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> lookup)
    {
        Texts++;
        Characters += text.Length;
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = WordScanner.EndOfWord(pattern, text, start);
            if (end - start > LongestWord) SkippedWords++;
            else System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(lookup, text.AsSpan(start, end - start), out _)++;
        }
    }

    private void Add(WordCounts other)
    {
        Texts += other.Texts;
        Characters += other.Characters;
        SkippedWords += other.SkippedWords;
        foreach (var (word, count) in other.counts) counts[word] = counts.GetValueOrDefault(word) + count;
    }

    private static IEnumerable<List<string>> Batches(IEnumerable<string> texts)
    {
        var batch = new List<string>();
        var characters = 0L;
        foreach (var text in texts)
        {
            batch.Add(text);
            if ((characters += text.Length) < BatchCharacters) continue;
            yield return batch;
            (batch, characters) = ([], 0);
        }

        yield return batch;
    }
}
