using System.Text;

namespace Pipeline.Data.Tokenizers.Learning;

/// <summary>Distinct words as symbols one after the other, each word ended by 0. The rarest characters are no symbols: they cut a word in two.</summary>
internal sealed class SymbolText
{
    private const int MostSymbols = ushort.MaxValue;

    /// <summary>Longer words are cut: n symbols are spelled in up to 2^(n-1) ways, whose probabilities are summed.</summary>
    private const int LongestWord = 1000;

    private readonly List<int> starts = [];
    private readonly List<long> weights = [];

    /// <param name="coverage">The share of all characters that symbols stand for, at least.</param>
    public SymbolText(IReadOnlyDictionary<string, long> words, double coverage)
    {
        Alphabet = AlphabetOf(words, coverage);
        var symbolOf = Alphabet.Select((symbol, index) => (symbol, index)).ToDictionary(each => each.symbol, each => (ushort)(each.index + 1));
        var symbols = new List<ushort>(words.Keys.Sum(word => word.Length + 1));
        // Sums of floating point depend on the order.
        foreach (var (word, weight) in words.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            var start = symbols.Count;
            foreach (var rune in word.EnumerateRunes())
            {
                if (!symbolOf.TryGetValue(rune, out var symbol) || symbols.Count - start == LongestWord) start = End(start, weight);
                if (symbol > 0) symbols.Add(symbol);
            }

            End(start, weight);
        }

        starts.Add(symbols.Count);
        Symbols = [.. symbols];

        int End(int start, long weight)
        {
            if (symbols.Count == start) return start;
            symbols.Add(0);
            starts.Add(start);
            weights.Add(weight);
            return symbols.Count;
        }
    }

    /// <summary>The character of symbol n + 1; the most frequent first.</summary>
    public Rune[] Alphabet { get; }

    public ushort[] Symbols { get; }

    public int Words => weights.Count;

    public long Weight(int word) => weights[word];

    public int Start(int word) => starts[word];

    /// <summary>In symbols, without the 0.</summary>
    public int Length(int word) => starts[word + 1] - starts[word] - 1;

    public string Spell(int start, int length)
    {
        var text = new StringBuilder(length);
        for (var at = start; at < start + length; at++) text.Append(Alphabet[Symbols[at] - 1]);
        return text.ToString();
    }

    private static Rune[] AlphabetOf(IReadOnlyDictionary<string, long> words, double coverage)
    {
        var counts = new Dictionary<Rune, long>();
        foreach (var (word, count) in words)
        {
            foreach (var rune in word.EnumerateRunes()) counts[rune] = counts.GetValueOrDefault(rune) + count;
        }

        var rest = counts.Values.Sum() * (1 - coverage);
        var sorted = counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key.Value).ToList();
        while (sorted.Count > MostSymbols || (sorted.Count > 0 && sorted[^1].Value <= rest))
        {
            rest -= sorted[^1].Value;
            sorted.RemoveAt(sorted.Count - 1);
        }

        return [.. sorted.Select(entry => entry.Key)];
    }
}
