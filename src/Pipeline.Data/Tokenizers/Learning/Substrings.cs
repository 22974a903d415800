using System.Runtime.InteropServices;

namespace Pipeline.Data.Tokenizers.Learning;

/// <summary>A substring of words.</summary>
/// <param name="First">Where in the suffix array the places begin that it is at; <paramref name="Last"/> is one of them.</param>
/// <param name="Length">In symbols.</param>
/// <param name="Score">How many symbols its occurrences cover.</param>
internal readonly record struct Substring(int First, int Last, int Length, long Score);

/// <summary>A suffix array of words that looks at the first <see cref="Longest"/> symbols, and the substrings that cover the most text: of those with the same places the longest.</summary>
internal sealed class Substrings
{
    /// <summary>In symbols.</summary>
    public const int Longest = 16;

    private const int SymbolsInKey = 4;

    private readonly SymbolText text;
    private readonly long[] weightBefore;

    public Substrings(SymbolText text, CancellationToken cancellation)
    {
        this.text = text;
        Places = new int[text.Symbols.Length - text.Words];
        var weights = new long[text.Symbols.Length];
        var count = 0;
        for (var word = 0; word < text.Words; word++)
        {
            for (var at = text.Start(word); at < text.Start(word) + text.Length(word); at++)
            {
                Places[count++] = at;
                weights[at] = text.Weight(word);
            }
        }

        Sort(cancellation);
        weightBefore = new long[Places.Length + 1];
        for (var i = 0; i < Places.Length; i++) weightBefore[i + 1] = weightBefore[i] + weights[Places[i]];
    }

    /// <summary>The places of all suffixes, sorted by what begins there.</summary>
    public int[] Places { get; }

    /// <summary>Of two symbols or more, those with the highest scores.</summary>
    public List<Substring> Best(int most)
    {
        var best = new List<Substring>();
        var open = new Stack<(int Length, int First)>();
        for (var i = 0; i < Places.Length; i++)
        {
            var first = i;
            if (open.Count == 0 || open.Peek().Length < LengthAt(i)) open.Push((LengthAt(i), i));
            var shared = i + 1 < Places.Length ? Shared(Places[i], Places[i + 1]) : 0;
            while (open.Count > 0 && open.Peek().Length > shared)
            {
                (var length, first) = open.Pop();
                Add(new(first, i, length, length * (weightBefore[i + 1] - weightBefore[first])));
            }

            if (shared > 0 && (open.Count == 0 || open.Peek().Length < shared)) open.Push((shared, first));
        }

        Cut();
        return best;

        void Add(Substring found)
        {
            if (found.Length < 2 || found.Score < 2 * found.Length) return;
            best.Add(found);
            if (best.Count >= 2L * most + 1000) Cut();
        }

        void Cut()
        {
            best.Sort((x, y) => x.Score != y.Score ? y.Score.CompareTo(x.Score) : x.First != y.First ? x.First.CompareTo(y.First) : x.Length.CompareTo(y.Length));
            if (best.Count > most) CollectionsMarshal.SetCount(best, most);
        }
    }

    private int LengthAt(int i)
    {
        var rest = text.Symbols.AsSpan(Places[i]);
        if (rest.Length > Longest) rest = rest[..Longest];
        return rest.IndexOf((ushort)0) is >= 0 and var end ? end : rest.Length;
    }

    private int Shared(int left, int right)
    {
        var shared = 0;
        while (shared < Longest && text.Symbols[left + shared] == text.Symbols[right + shared] && text.Symbols[left + shared] != 0) shared++;
        return shared;
    }

    /// <summary>By four symbols at a time: equal ones are sorted by the four after them.</summary>
    private void Sort(CancellationToken cancellation)
    {
        var keys = new ulong[Places.Length];
        var runs = new List<(int Start, int End)> { (0, Places.Length) };
        for (var depth = 0; depth < Longest; depth += SymbolsInKey)
        {
            var longer = new List<(int Start, int End)>();
            foreach (var (start, end) in runs)
            {
                cancellation.ThrowIfCancellationRequested();
                for (var i = start; i < end; i++) keys[i] = KeyAt(Places[i] + depth);
                Array.Sort(keys, Places, start, end - start);
                for (int i = start, next; i < end; i = next)
                {
                    for (next = i + 1; next < end && keys[next] == keys[i];) next++;
                    if (next - i > 1 && (ushort)keys[i] != 0) longer.Add((i, next));
                }
            }

            runs = longer;
        }
    }

    /// <summary>The symbols as a number; 0 from the end of the word on.</summary>
    private ulong KeyAt(int at)
    {
        var key = 0UL;
        for (var i = 0; i < SymbolsInKey; i++)
        {
            var symbol = text.Symbols[at + i];
            if (symbol == 0) return key << (16 * (SymbolsInKey - i));
            key = (key << 16) | symbol;
        }

        return key;
    }
}
