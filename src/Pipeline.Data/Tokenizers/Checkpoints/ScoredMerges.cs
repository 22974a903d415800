namespace Pipeline.Data.Tokenizers.Checkpoints;

/// <summary>
/// SentencePiece's byte-pair encoding scores pieces and joins whatever two make the best one; merges are these pairs, in the order that Hugging Face's converters give them: by score, then by the ids of the piece and of its halves.
/// </summary>
internal static class ScoredMerges
{
    private const int Most = 1 << 22;
    private const int LongestPiece = 128;

    public static List<BpeMerge> Of(List<SentencePiece> pieces)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < pieces.Count; id++)
        {
            if (pieces[id].Kind == SentencePieceKind.Normal) ids.TryAdd(pieces[id].Text, id);
        }

        var lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var merges = new List<BpeMerge>();
        foreach (var (text, id) in ids)
        {
            if (text.Length > LongestPiece) throw new InvalidDataException($"The piece '{text}' has {text.Length} characters; in a model of byte pairs expected at most {LongestPiece}.");
            for (var at = 1; at < text.Length; at++)
            {
                if (char.IsLowSurrogate(text[at]) || !lookup.TryGetValue(text.AsSpan(0, at), out var left) || !lookup.TryGetValue(text.AsSpan(at), out var right)) continue;
                if (merges.Count == Most) throw new InvalidDataException($"The model's pieces are made of one another in more than {Most:N0} ways.");
                merges.Add(new(left, right, id));
            }
        }

        return [.. merges.OrderByDescending(merge => pieces[merge.Result].Score).ThenBy(merge => merge.Result).ThenBy(merge => merge.Left).ThenBy(merge => merge.Right)];
    }
}
