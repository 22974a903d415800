using System.Runtime.InteropServices;

namespace Pipeline.Data.Tokenizers;

/// <summary>
/// The merge loop of BPE training. The heap is lazy: counts change under its entries, and an entry that comes up stale goes back with its count of today.
/// Counts of merged pairs are kept as they were and entries carry the words they were seen in, because Hugging Face does so and both show
/// where two merges give the same token.
/// </summary>
internal sealed class PairMerger
{
    private sealed record Candidate(ulong Pair, List<int> Words);

    private readonly List<string> tokens;
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
    private readonly TrainingWords words;
    private readonly Dictionary<ulong, long> pairCounts = [];
    private readonly PriorityQueue<Candidate, (long Count, ulong Pair)> queue = new(MostFrequentThenLowestIds.Instance);
    private Dictionary<ulong, List<int>> found = [];

    /// <param name="tokens">The vocabulary so far; merges are added to it.</param>
    public PairMerger(IReadOnlyDictionary<string, long> counts, List<string> tokens)
    {
        this.tokens = tokens;
        for (var id = 0; id < tokens.Count; id++) ids.Add(tokens[id], id);
        words = new(counts, ids);
        for (var word = 0; word < words.Count; word++)
        {
            var symbols = words[word];
            for (var i = 0; i + 1 < symbols.Length; i++) Changed(word, symbols[i], symbols[i + 1], 1);
        }
    }

    public IReadOnlyList<BpeMerge> Run(int vocabularySize, long minFrequency, CancellationToken cancellation)
    {
        var merges = new Dictionary<ulong, (int Rank, BpeMerge Merge)>();
        var rank = 0;
        QueueFound();
        while (tokens.Count < vocabularySize && queue.TryDequeue(out var candidate, out var priority))
        {
            cancellation.ThrowIfCancellationRequested();
            var today = pairCounts[candidate.Pair];
            if (priority.Count != today)
            {
                queue.Enqueue(candidate, (today, candidate.Pair));
                continue;
            }

            if (today < Math.Max(1, minFrequency)) break;

            var (left, right) = ((int)(candidate.Pair >> 32), (int)candidate.Pair);
            var token = tokens[left] + tokens[right];
            if (!ids.TryGetValue(token, out var result))
            {
                ids.Add(token, result = tokens.Count);
                tokens.Add(token);
            }

            merges[candidate.Pair] = (rank++, new(left, right, result));
            foreach (var word in candidate.Words) words.Merge(word, left, right, result, Changed);
            QueueFound();
        }

        return [.. merges.Values.OrderBy(m => m.Rank).Select(m => m.Merge)];
    }

    private void Changed(int word, int left, int right, int sign)
    {
        var pair = ((ulong)(uint)left << 32) | (uint)right;
        CollectionsMarshal.GetValueRefOrAddDefault(pairCounts, pair, out _) += sign * words.Occurrences(word);
        if (sign < 0) return;
        ref var seen = ref CollectionsMarshal.GetValueRefOrAddDefault(found, pair, out _);
        seen ??= [];
        if (seen.Count == 0 || seen[^1] != word) seen.Add(word);
    }

    private void QueueFound()
    {
        foreach (var (pair, seen) in found)
        {
            if (pairCounts[pair] is > 0 and var count) queue.Enqueue(new(pair, seen), (count, pair));
        }

        found = [];
    }

    private sealed class MostFrequentThenLowestIds : IComparer<(long Count, ulong Pair)>
    {
        public static readonly MostFrequentThenLowestIds Instance = new();

        public int Compare((long Count, ulong Pair) x, (long Count, ulong Pair) y) =>
            x.Count != y.Count ? y.Count.CompareTo(x.Count) : x.Pair.CompareTo(y.Pair);
    }
}
