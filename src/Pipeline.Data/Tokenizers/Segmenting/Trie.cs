namespace Pipeline.Data.Tokenizers.Segmenting;

/// <summary>Prefixes of tokens by UTF-16 code unit, numbered from 0 (the empty one) in the order they are added.</summary>
internal sealed class Trie
{
    private readonly PairTable edges;
    private readonly List<int> tokens = [-1];

    public Trie(int capacity) => edges = new(capacity);

    public const int Root = 0;

    public int Count => tokens.Count;

    /// <summary>The id of the token that ends here, or -1.</summary>
    public int TokenAt(int node) => tokens[node];

    /// <summary>The node after one more code unit, or -1.</summary>
    public int Child(int node, char symbol) => edges.Find(PairTable.Key(node, symbol)) is >= 0 and var edge ? edge + 1 : -1;

    /// <summary>The nodes of a token, from its first code unit on.</summary>
    public void Add(ReadOnlySpan<char> token, int id, int from = Root)
    {
        foreach (var symbol in token)
        {
            // Every edge makes one node, so that edge n leads to node n + 1.
            from = edges.Add(PairTable.Key(from, symbol)) + 1;
            if (from == tokens.Count) tokens.Add(-1);
        }

        tokens[from] = id;
    }

    /// <summary>A node that no token leads to.</summary>
    public int AddRoot()
    {
        edges.Add(PairTable.Key(-1, tokens.Count));
        tokens.Add(-1);
        return tokens.Count - 1;
    }

    /// <summary>The parent of a node and the code unit that leads from it.</summary>
    public (int Node, char Symbol) ParentOf(int node) => edges[node - 1] is var edge ? ((int)(edge >> 32), (char)edge) : default;
}
