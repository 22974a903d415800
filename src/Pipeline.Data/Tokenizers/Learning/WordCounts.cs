using System.Runtime.InteropServices;
using Pipeline.Data.Documents;
using Pipeline.Data.Tokenizers.Splitting;

namespace Pipeline.Data.Tokenizers.Learning;

/// <summary>
/// How often each word occurs in a corpus. Batches of it are counted at once and added up in their order, so that what is dropped where there are more words than may be kept does not depend on the number of workers.
/// </summary>
internal sealed class WordCounts
{
    private const int BatchCharacters = 1 << 22;

    /// <summary>A longer word is data, not language; every merge would have to walk through it.</summary>
    public const int LongestWord = 16_384;

    private readonly Dictionary<string, long> counts = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, long> Counts => counts;

    public long Texts { get; private set; }

    /// <summary>UTF-16 code units.</summary>
    public long Characters { get; private set; }

    /// <summary>Words over <see cref="LongestWord"/>, which are not counted.</summary>
    public long SkippedWords { get; private set; }

    /// <summary>Occurrences of words that were forgotten because there were too many others.</summary>
    public long DroppedWords { get; private set; }

    /// <param name="mostWords">Distinct ones; above it the rarest quarter is forgotten, again and again.</param>
    public static WordCounts Of(IEnumerable<string> texts, Func<WordCutter> cutter, int mostWords, int workers, CancellationToken cancellation)
    {
        var total = new WordCounts();
        var together = workers > 0 ? workers : Environment.ProcessorCount;
        Task<WordCounts[]>? counting = null;
        foreach (var batches in Batches(texts).Chunk(together))
        {
            var next = Task.Run(() => batches.AsParallel().AsOrdered().WithDegreeOfParallelism(together).WithCancellation(cancellation).Select(batch => Of(batch, cutter())).ToArray(), cancellation);
            if (counting is not null) total.Add(counting.GetAwaiter().GetResult(), mostWords);
            counting = next;
        }

        if (counting is not null) total.Add(counting.GetAwaiter().GetResult(), mostWords);
        return total;
    }

    private static WordCounts Of(List<string> batch, WordCutter cutter)
    {
        var counted = new WordCounts();
        var lookup = counted.counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var text in batch)
        {
            counted.Texts++;
            counted.Characters += text.Length;
            cutter.Cut(cutter.Normalized(WellFormedText.Of(text)), begins: true, word =>
            {
                if (word.Length > LongestWord) counted.SkippedWords++;
                else CollectionsMarshal.GetValueRefOrAddDefault(lookup, word, out _)++;
            });
        }

        return counted;
    }

    private void Add(WordCounts[] others, int mostWords)
    {
        foreach (var other in others)
        {
            Texts += other.Texts;
            Characters += other.Characters;
            SkippedWords += other.SkippedWords;
            foreach (var (word, count) in other.counts) CollectionsMarshal.GetValueRefOrAddDefault(counts, word, out _) += count;
            if (counts.Count > mostWords) Forget(counts.Count - (mostWords * 3 / 4));
        }
    }

    private void Forget(int words)
    {
        foreach (var (word, count) in counts.OrderBy(entry => entry.Value).ThenByDescending(entry => entry.Key, StringComparer.Ordinal).Take(words).ToList())
        {
            counts.Remove(word);
            DroppedWords += count;
        }
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
