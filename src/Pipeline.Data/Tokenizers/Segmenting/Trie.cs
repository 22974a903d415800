namespace Pipeline.Data.Tokenizers.Segmenting;

/// <summary>
/// Prefixes of tokens by UTF-16 code unit, in one trie or several. Nodes are numbered by length, the roots first, and the children of a node in a row by their last code unit:
/// that of a vocabulary so fits into a processor's cache, where a hash table of its edges does not, and one look at memory finds a child with all that is asked of it.
/// </summary>
internal sealed class Trie
{
    /// <summary>Up to here children are looked at one by one, and up to the next many at once.</summary>
    private const int Few = 8, Many = 64;

    /// <summary>With one more at the end, where the children of the last node end.</summary>
    private readonly Node[] nodes;
    private readonly int[] parents;
    private readonly char[] symbols;
    private readonly int[][] starts;

    /// <param name="roots">For each root the tokens below it, none of them empty.</param>
    public Trie(params IReadOnlyList<IEnumerable<(string Token, int Id)>> roots)
    {
        var entries = new List<(string Token, int Id)>();
        var ranges = new List<(int From, int To, int Length)>();
        List<int> firsts = [], ids = [], above = [];
        List<char> last = [];
        foreach (var root in roots)
        {
            ranges.Add((entries.Count, 0, 0));
            entries.AddRange(root.OrderBy(entry => entry.Token, StringComparer.Ordinal));
            ranges[^1] = ranges[^1] with { To = entries.Count };
            Add(parent: -1, '\0');
        }

        for (var node = 0; node < ranges.Count; node++)
        {
            var (from, to, length) = ranges[node];
            firsts.Add(ranges.Count);
            // Of the tokens with a prefix the one that is no longer comes first.
            if (from < to && entries[from].Token.Length == length) ids[node] = entries[from++].Id;
            for (int end; from < to; from = end)
            {
                var symbol = entries[from].Token[length];
                for (end = from + 1; end < to && entries[end].Token[length] == symbol;) end++;
                ranges.Add((from, end, length + 1));
                Add(node, symbol);
            }
        }

        nodes = [.. firsts.Select((first, node) => new Node(first, ids[node], last[node])), new(ranges.Count, -1, '\0')];
        (parents, symbols) = ([.. above], [.. last]);
        starts = [.. roots.Select((_, root) => Starts(root))];

        void Add(int parent, char symbol)
        {
            above.Add(parent);
            last.Add(symbol);
            ids.Add(-1);
        }
    }

    public const int Root = 0;

    public int Count => nodes.Length - 1;

    /// <summary>The id of the token that ends here, or -1.</summary>
    public int TokenAt(int node) => nodes[node].Token;

    /// <summary>The node after one more code unit, or -1.</summary>
    public int Child(int node, char symbol)
    {
        if (node < starts.Length) return symbol < starts[node].Length ? starts[node][symbol] : -1;
        var (first, end) = (nodes[node].FirstChild, nodes[node + 1].FirstChild);
        if (end - first > Few)
        {
            var among = symbols.AsSpan(first, end - first);
            var at = among.Length > Many ? among.BinarySearch(symbol) : among.IndexOf(symbol);
            return at < 0 ? -1 : first + at;
        }

        for (; first < end; first++)
        {
            if (nodes[first].Symbol == symbol) return first;
        }

        return -1;
    }

    /// <summary>The parent of a node and the code unit that leads from it.</summary>
    public (int Node, char Symbol) ParentOf(int node) => (parents[node], symbols[node]);

    private int[] Starts(int root)
    {
        var (first, end) = (nodes[root].FirstChild, nodes[root + 1].FirstChild);
        if (first == end) return [];
        var starts = new int[symbols[end - 1] + 1];
        Array.Fill(starts, -1);
        for (var child = first; child < end; child++) starts[symbols[child]] = child;
        return starts;
    }

    private readonly record struct Node(int FirstChild, int Token, char Symbol);
}
