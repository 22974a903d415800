namespace Pipeline.Data.Tokenizers.Segmenting;

/// <summary>
/// Prefixes of tokens by UTF-16 code unit, in one trie or several. Nodes are numbered by length, the roots first, and the children of a node in a row by their last code unit:
/// that of a vocabulary so fits into a processor's cache, where a hash table of its edges does not.
/// </summary>
internal sealed class Trie
{
    /// <summary>Up to here code units are compared eight or more at once.</summary>
    private const int Few = 64;

    private readonly int[] firstChild;
    private readonly int[] tokens;
    private readonly int[] parents;
    private readonly char[] symbols;
    private readonly int[][] starts;

    /// <param name="roots">For each root the tokens below it, none of them empty.</param>
    public Trie(params IReadOnlyList<IEnumerable<(string Token, int Id)>> roots)
    {
        var entries = new List<(string Token, int Id)>();
        var nodes = new List<(int From, int To, int Length)>();
        List<int> firsts = [], ids = [], above = [];
        List<char> last = [];
        foreach (var root in roots)
        {
            nodes.Add((entries.Count, 0, 0));
            entries.AddRange(root.OrderBy(entry => entry.Token, StringComparer.Ordinal));
            nodes[^1] = nodes[^1] with { To = entries.Count };
            Add(parent: -1, '\0');
        }

        for (var node = 0; node < nodes.Count; node++)
        {
            var (from, to, length) = nodes[node];
            firsts.Add(nodes.Count);
            // Of the tokens with a prefix the one that is no longer comes first.
            if (from < to && entries[from].Token.Length == length) ids[node] = entries[from++].Id;
            for (int end; from < to; from = end)
            {
                var symbol = entries[from].Token[length];
                for (end = from + 1; end < to && entries[end].Token[length] == symbol;) end++;
                nodes.Add((from, end, length + 1));
                Add(node, symbol);
            }
        }

        (firstChild, tokens, parents, symbols) = ([.. firsts, nodes.Count], [.. ids], [.. above], [.. last]);
        starts = [.. roots.Select((_, root) => Starts(root))];

        void Add(int parent, char symbol)
        {
            above.Add(parent);
            last.Add(symbol);
            ids.Add(-1);
        }
    }

    public const int Root = 0;

    public int Count => tokens.Length;

    /// <summary>The id of the token that ends here, or -1.</summary>
    public int TokenAt(int node) => tokens[node];

    /// <summary>The node after one more code unit, or -1.</summary>
    public int Child(int node, char symbol)
    {
        if (node < starts.Length) return symbol < starts[node].Length ? starts[node][symbol] : -1;
        var first = firstChild[node];
        var among = symbols.AsSpan(first, firstChild[node + 1] - first);
        var at = among.Length <= Few ? among.IndexOf(symbol) : among.BinarySearch(symbol);
        return at < 0 ? -1 : first + at;
    }

    /// <summary>The parent of a node and the code unit that leads from it.</summary>
    public (int Node, char Symbol) ParentOf(int node) => (parents[node], symbols[node]);

    private int[] Starts(int root)
    {
        var (first, end) = (firstChild[root], firstChild[root + 1]);
        if (first == end) return [];
        var starts = new int[symbols[end - 1] + 1];
        Array.Fill(starts, -1);
        for (var child = first; child < end; child++) starts[symbols[child]] = child;
        return starts;
    }
}
