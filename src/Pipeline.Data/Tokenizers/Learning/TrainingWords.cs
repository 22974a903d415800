namespace Pipeline.Data.Tokenizers.Learning;

/// <summary>All distinct words as runs of token ids in one array. A merge makes a word shorter, in place.</summary>
internal sealed class TrainingWords
{
    private readonly int[] starts;
    private readonly int[] lengths;
    private readonly long[] counts;

    /// <param name="spell">Puts the ids of a word into the array that it is given; returns how many.</param>
    /// <param name="size">Ids of all words at most.</param>
    public TrainingWords(IReadOnlyDictionary<string, long> words, long size, Func<string, Memory<int>, int> spell)
    {
        if (size > Array.MaxLength) throw new InvalidOperationException($"The distinct words of this corpus take {size:N0} symbols, more than {Array.MaxLength:N0}: keep fewer words, or train on a sample of it.");
        Symbols = new int[size];
        starts = new int[words.Count];
        lengths = new int[words.Count];
        counts = new long[words.Count];
        var (at, index) = (0, 0);
        foreach (var (word, count) in words)
        {
            starts[index] = at;
            at += lengths[index] = spell(word, Symbols.AsMemory(at));
            counts[index++] = count;
        }
    }

    public int[] Symbols { get; }

    public int Count => counts.Length;

    public long Occurrences(int word) => counts[word];

    public int Start(int word) => starts[word];

    public int Length(int word) => lengths[word];

    public void Shorten(int word, int length) => lengths[word] = length;
}
