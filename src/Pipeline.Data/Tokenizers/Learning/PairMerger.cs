using Pipeline.Data.Tokenizers.Segmenting;

namespace Pipeline.Data.Tokenizers.Learning;

/// <summary>
/// The merge loop of BPE training. The heap is lazy: counts change under its entries, and an entry that comes up stale goes back with its count of today.
/// Counts of merged pairs are kept as they were and entries carry the words they were seen in, because Hugging Face does so and both show
/// where two merges give the same token.
/// </summary>
internal sealed class PairMerger
{
    /// <summary>The words of a pair are a part of an array.</summary>
    private readonly record struct Candidate(int Pair, int[] Words, int Start, int Count);

    private readonly List<string> tokens;
    private readonly string prefix;
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
    private readonly TrainingWords words;
    private readonly PairTable pairs = new(1 << 16);
    private readonly PriorityQueue<Candidate, Priority> queue = new();
    private readonly List<int> found = [];
    private long[] counts = new long[1 << 16];
    private List<int>?[] seen = new List<int>?[1 << 16];

    /// <param name="tokens">The vocabulary so far; merges are added to it.</param>
    /// <param name="prefix">What a token loses that is merged to another one.</param>
    public PairMerger(TrainingWords words, List<string> tokens, string prefix = "")
    {
        (this.words, this.tokens, this.prefix) = (words, tokens, prefix);
        for (var id = 0; id < tokens.Count; id++) ids.Add(tokens[id], id);
    }

    public IReadOnlyList<BpeMerge> Run(int vocabularySize, long minFrequency, CancellationToken cancellation)
    {
        var merges = new Dictionary<int, (int Rank, BpeMerge Merge)>();
        var rank = 0;
        QueueAll();
        while (tokens.Count < vocabularySize && queue.TryDequeue(out var candidate, out var priority))
        {
            cancellation.ThrowIfCancellationRequested();
            var today = counts[candidate.Pair];
            if (priority.Count != today)
            {
                queue.Enqueue(candidate, priority with { Count = today });
                continue;
            }

            if (today < Math.Max(1, minFrequency)) break;

            var (left, right) = ((int)(priority.Pair >> 32), (int)priority.Pair);
            var result = ResultOf(left, right);
            merges[candidate.Pair] = (rank++, new(left, right, result));
            foreach (var word in candidate.Words.AsSpan(candidate.Start, candidate.Count)) Merge(word, left, right, result);
            QueueFound();
        }

        return [.. merges.Values.OrderBy(m => m.Rank).Select(m => m.Merge)];
    }

    private int ResultOf(int left, int right)
    {
        var after = tokens[right];
        var token = tokens[left] + (prefix.Length > 0 && after.StartsWith(prefix, StringComparison.Ordinal) ? after[prefix.Length..] : after);
        if (!ids.TryGetValue(token, out var result))
        {
            ids.Add(token, result = tokens.Count);
            tokens.Add(token);
        }

        return result;
    }

    /// <summary>Puts <paramref name="result"/> for each <paramref name="left"/>, <paramref name="right"/> in a word.</summary>
    private void Merge(int word, int left, int right, int result)
    {
        var span = words.Symbols.AsSpan(words.Start(word), words.Length(word));
        var occurrences = words.Occurrences(word);
        var kept = 0;
        for (var i = 0; i < span.Length; i++)
        {
            if (span[i] != left || i + 1 >= span.Length || span[i + 1] != right)
            {
                span[kept++] = span[i];
                continue;
            }

            if (kept > 0)
            {
                counts[PairOf(span[kept - 1], left)] -= occurrences;
                Found(word, PairOf(span[kept - 1], result), occurrences);
            }

            if (i + 2 < span.Length)
            {
                counts[PairOf(right, span[i + 2])] -= occurrences;
                Found(word, PairOf(result, span[i + 2]), occurrences);
            }

            span[kept++] = result;
            i++;
        }

        words.Shorten(word, kept);
    }

    private int PairOf(int left, int right)
    {
        var pair = pairs.Add(PairTable.Key(left, right));
        if (pair < counts.Length) return pair;
        Array.Resize(ref counts, counts.Length * 2);
        Array.Resize(ref seen, counts.Length);
        return pair;
    }

    private void Found(int word, int pair, long occurrences)
    {
        counts[pair] += occurrences;
        var list = seen[pair] ??= [];
        if (list.Count == 0) found.Add(pair);
        if (list.Count == 0 || list[^1] != word) list.Add(word);
    }

    private void QueueFound()
    {
        foreach (var pair in found)
        {
            if (counts[pair] is > 0 and var count) queue.Enqueue(new(pair, [.. seen[pair]!], 0, seen[pair]!.Count), new(count, pairs[pair]));
            seen[pair] = null;
        }

        found.Clear();
    }

    /// <summary>Every pair with all its words, which lie in one array.</summary>
    private void QueueAll()
    {
        var pairAt = new int[words.Symbols.Length];
        var starts = Counted(pairAt);
        var all = new int[starts[^1]];
        var next = starts.ToArray();
        for (var word = 0; word < words.Count; word++)
        {
            var start = words.Start(word);
            for (var at = start; at + 1 < start + words.Length(word); at++)
            {
                ref var free = ref next[pairAt[at]];
                if (free == starts[pairAt[at]] || all[free - 1] != word) all[free++] = word;
            }
        }

        for (var pair = 0; pair < pairs.Count; pair++)
        {
            if (counts[pair] is > 0 and var count) queue.Enqueue(new(pair, all, starts[pair], next[pair] - starts[pair]), new(count, pairs[pair]));
        }
    }

    /// <summary>Counts all pairs. Returns where the words of each begin: at most one for each place it is at.</summary>
    private int[] Counted(int[] pairAt)
    {
        var places = new List<int>();
        for (var word = 0; word < words.Count; word++)
        {
            var start = words.Start(word);
            for (var at = start; at + 1 < start + words.Length(word); at++)
            {
                var pair = pairAt[at] = PairOf(words.Symbols[at], words.Symbols[at + 1]);
                counts[pair] += words.Occurrences(word);
                if (pair == places.Count) places.Add(0);
                places[pair]++;
            }
        }

        var starts = new int[places.Count + 1];
        for (var pair = 0; pair < places.Count; pair++) starts[pair + 1] = starts[pair] + places[pair];
        return starts;
    }

    /// <summary>The most frequent first, among equals the lowest ids.</summary>
    private readonly record struct Priority(long Count, ulong Pair) : IComparable<Priority>
    {
        public int CompareTo(Priority other) => Count != other.Count ? other.Count.CompareTo(Count) : Pair.CompareTo(other.Pair);
    }
}
