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
    private Step[] steps = new Step[256];

    protected override void Segment(ReadOnlySpan<char> word, List<int> ids)
    {
        if (steps.Length <= word.Length) steps = new Step[word.Length + 1];
        var best = steps.AsSpan(0, word.Length + 1);
        best.Fill(new(0, -1, 0));
        for (int start = 0, length; start < word.Length; start += length)
        {
            length = char.IsHighSurrogate(word[start]) && start + 1 < word.Length ? 2 : 1;
            var single = false;
            for (int node = Trie.Root, end = start; end < word.Length && (node = tables.Trie.Child(node, word[end])) >= 0;)
            {
                end++;
                if (tables.Trie.TokenAt(node) is not (>= 0 and var id)) continue;
                Consider(best, start, end, id, tables.Scores[id]);
                single |= end == start + length;
            }

            if (!single) Consider(best, start, start + length, Unknown, tables.UnknownScore);
        }

        for (var end = word.Length; end > 0; end = best[end].From) path.Push((best[end].From, end, best[end].Token));
        while (path.TryPop(out var part))
        {
            // Unknown characters in a row are one.
            while (part.Id == Unknown && path.TryPeek(out var next) && next.Id == Unknown) part.End = path.Pop().End;
            if (part.Id != Unknown) ids.Add(part.Id);
            else AddUnknown(word[part.Start..part.End], ids);
        }
    }

    private static void Consider(Span<Step> best, int start, int end, int id, double score)
    {
        var total = best[start].Total + score;
        ref var step = ref best[end];
        if (step.From < 0 || total > step.Total) step = new(total, start, id);
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

    /// <summary>How the best spelling of a word up to some place ends.</summary>
    private readonly record struct Step(double Total, int From, int Token);
}
