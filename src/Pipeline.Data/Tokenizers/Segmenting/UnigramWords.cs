namespace Pipeline.Data.Tokenizers.Segmenting;

internal sealed class UnigramTables
{
    /// <summary>How much less probable an unknown character is than any token.</summary>
    private const double UnknownPenalty = 10;

    public UnigramTables(UnigramModel model)
    {
        Scores = [.. model.Scores];
        UnknownScore = Scores.DefaultIfEmpty().Min() - UnknownPenalty;
        // As in SentencePiece, text that spells the name of a byte is not that byte.
        Trie = new(model.Tokens.Take(Scores.Length).Index().Where(each => each.Item.Length > 0 && model.IsOrdinary(each.Index) && each.Index != model.Unknown && !(model.ByteFallback && ByteTokens.ByteOf(each.Item) is not null)).Select(each => (each.Item, each.Index)));
        ByteIds = ByteTokens.Ids(model, ByteTokens.Of);
    }

    public double[] Scores { get; }

    public double UnknownScore { get; }

    public Trie Trie { get; }

    public int[] ByteIds { get; }
}

/// <summary>The most probable segmentation, by Viterbi's algorithm over the trie of tokens.</summary>
internal sealed class UnigramWords(UnigramModel model, UnigramTables tables) : WordEncoder
{
    private const int Unknown = -1;
    private readonly Stack<(int Start, int End, int Id)> path = [];
    private double[] best = new double[256];
    private int[] from = new int[256];
    private int[] token = new int[256];

    protected override void Segment(ReadOnlySpan<char> word, List<int> ids)
    {
        if (best.Length <= word.Length) (best, from, token) = (new double[word.Length + 1], new int[word.Length + 1], new int[word.Length + 1]);
        Array.Fill(from, -1, 0, word.Length + 1);
        best[0] = 0;
        for (int start = 0, length; start < word.Length; start += length)
        {
            length = char.IsHighSurrogate(word[start]) && start + 1 < word.Length ? 2 : 1;
            var single = false;
            for (int node = Trie.Root, end = start; end < word.Length && (node = tables.Trie.Child(node, word[end])) >= 0;)
            {
                end++;
                if (tables.Trie.TokenAt(node) is not (>= 0 and var id)) continue;
                Consider(start, end, id, tables.Scores[id]);
                single |= end == start + length;
            }

            if (!single) Consider(start, start + length, Unknown, tables.UnknownScore);
        }

        for (var end = word.Length; end > 0; end = from[end]) path.Push((from[end], end, token[end]));
        while (path.TryPop(out var part))
        {
            // Unknown characters in a row are one.
            while (part.Id == Unknown && path.TryPeek(out var next) && next.Id == Unknown) part.End = path.Pop().End;
            if (part.Id != Unknown) ids.Add(part.Id);
            else AddUnknown(word[part.Start..part.End], ids);
        }
    }

    private void Consider(int start, int end, int id, double score)
    {
        var total = best[start] + score;
        if (from[end] >= 0 && total <= best[end]) return;
        (best[end], from[end], token[end]) = (total, start, id);
    }

    private void AddUnknown(ReadOnlySpan<char> text, List<int> ids)
    {
        if (model.ByteFallback)
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(text.ToString());
            if (Array.TrueForAll(bytes, value => tables.ByteIds[value] >= 0))
            {
                foreach (var value in bytes) ids.Add(tables.ByteIds[value]);
                return;
            }
        }

        if (model.Unknown is { } unknown) ids.Add(unknown);
    }
}
