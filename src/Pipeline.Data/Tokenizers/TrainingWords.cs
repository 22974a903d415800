using System.Text;

namespace Pipeline.Data.Tokenizers;

/// <summary>All distinct words as runs of token ids in one array. A merge makes a word shorter, in place.</summary>
internal sealed class TrainingWords
{
    private readonly int[] symbols;
    private readonly int[] starts;
    private readonly int[] lengths;
    private readonly long[] counts;

    public TrainingWords(IReadOnlyDictionary<string, long> words, IReadOnlyDictionary<string, int> ids)
    {
        var size = words.Keys.Sum(w => (long)Encoding.UTF8.GetByteCount(w));
        if (size > Array.MaxLength) throw new InvalidOperationException($"The distinct words of this corpus take {size:N0} bytes, more than {Array.MaxLength:N0}: train on a sample of it.");
        symbols = new int[size];
        starts = new int[words.Count];
        lengths = new int[words.Count];
        counts = new long[words.Count];

        var idOf = Enumerable.Range(0, 256).Select(value => ids[ByteAlphabet.SymbolOf((byte)value).ToString()]).ToArray();
        var bytes = new byte[WordCounts.LongestWord * 3];
        var (at, index) = (0, 0);
        foreach (var (word, count) in words)
        {
            var length = Encoding.UTF8.GetBytes(word, bytes);
            starts[index] = at;
            lengths[index] = length;
            counts[index++] = count;
            foreach (var value in bytes.AsSpan(0, length)) symbols[at++] = idOf[value];
        }
    }

    public int Count => counts.Length;

    public long Occurrences(int word) => counts[word];

    public ReadOnlySpan<int> this[int word] => symbols.AsSpan(starts[word], lengths[word]);

    /// <summary>Puts <paramref name="result"/> for each <paramref name="left"/>, <paramref name="right"/> in a word, and tells how the neighbouring pairs change.</summary>
    public void Merge(int word, int left, int right, int result, Action<int, int, int, int> changed)
    {
        var span = symbols.AsSpan(starts[word], lengths[word]);
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
                changed(word, span[kept - 1], left, -1);
                changed(word, span[kept - 1], result, 1);
            }

            if (i + 2 < span.Length)
            {
                changed(word, right, span[i + 2], -1);
                changed(word, result, span[i + 2], 1);
            }

            span[kept++] = result;
            i++;
        }

        lengths[word] = kept;
    }
}
