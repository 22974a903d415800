using System.Runtime.InteropServices;

namespace Pipeline.Data.Tokenizers.Segmenting;

/// <summary>
/// The trie of a WordPiece vocabulary with failure links (Song et al., arXiv:2012.15524): where no token goes on with what was read, the link says which tokens that was for certain and
/// what of it is still open. A word so takes a time that is linear in its length.
/// </summary>
internal sealed class WordPieceTables
{
    private const int None = -1;

    /// <summary>Of some ten thousand in BERT's vocabulary.</summary>
    private const long MostHeld = 1 << 26;

    private readonly int[] failure;
    private readonly int[][] popped;
    private long held;

    public WordPieceTables(WordPieceModel model)
    {
        List<(string Token, int Id)> tokens = [.. model.Tokens.Index().Where(each => each.Item.Length > 0 && model.IsOrdinary(each.Index) && each.Item.Length <= 2 * (model.Prefix.Length + (long)model.LongestWord)).Select(each => (each.Item, each.Index))];
        Trie = new(tokens, tokens.Where(each => each.Token.Length > model.Prefix.Length && each.Token.StartsWith(model.Prefix, StringComparison.Ordinal)).Select(each => (each.Token[model.Prefix.Length..], each.Id)));
        failure = new int[Trie.Count];
        popped = new int[Trie.Count][];
        Array.Fill(popped, []);
        failure[Trie.Root] = failure[Inner] = None;
        // Shorter prefixes first: a link leads to one.
        for (var node = Inner + 1; node < failure.Length; node++) Link(node);
    }

    public Trie Trie { get; }

    /// <summary>Where the rest of a word begins.</summary>
    public const int Inner = Trie.Root + 1;

    /// <summary>Where to go on, or -1 where nothing can.</summary>
    public int FailureOf(int node) => failure[node];

    /// <summary>The tokens that are certain when <see cref="FailureOf"/> is taken.</summary>
    public int[] PoppedAt(int node) => popped[node];

    private void Link(int node)
    {
        if (Trie.TokenAt(node) is >= 0 and var id)
        {
            (failure[node], popped[node]) = (Inner, [id]);
            return;
        }

        var (parent, symbol) = Trie.ParentOf(node);
        var tokens = new List<int>(popped[parent]);
        for (var link = failure[parent]; link != None; link = failure[link])
        {
            if (Trie.Child(link, symbol) is >= 0 and var next)
            {
                (failure[node], popped[node]) = (next, [.. tokens]);
                if ((held += tokens.Count) > MostHeld) throw new InvalidDataException("The vocabulary has too many long tokens that shorter ones spell: its links would not fit into memory.");
                return;
            }

            tokens.AddRange(popped[link]);
        }

        failure[node] = None;
    }
}

internal sealed class WordPieceWords(WordPieceModel model, WordPieceTables tables) : WordEncoder
{
    protected override void Segment(ReadOnlySpan<char> word, List<int> ids)
    {
        var start = ids.Count;
        if (IsShort(word) && Matched(word, ids)) return;
        CollectionsMarshal.SetCount(ids, start);
        if (model.Unknown is { } unknown) ids.Add(unknown);
    }

    private bool Matched(ReadOnlySpan<char> word, List<int> ids)
    {
        var node = Trie.Root;
        foreach (var symbol in word)
        {
            int next;
            while ((next = tables.Trie.Child(node, symbol)) < 0)
            {
                if (tables.FailureOf(node) < 0) return false;
                ids.AddRange(tables.PoppedAt(node));
                node = tables.FailureOf(node);
            }

            node = next;
        }

        while (node != WordPieceTables.Inner)
        {
            if (tables.FailureOf(node) < 0) return false;
            ids.AddRange(tables.PoppedAt(node));
            node = tables.FailureOf(node);
        }

        return true;
    }

    private bool IsShort(ReadOnlySpan<char> word)
    {
        if (word.Length <= model.LongestWord) return true;
        var length = 0;
        foreach (var _ in word.EnumerateRunes()) length++;
        return length <= model.LongestWord;
    }
}
