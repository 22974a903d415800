namespace Pipeline.Data.Tokenizers;

/// <summary>A merge of two neighbouring tokens into one, all by id.</summary>
public readonly record struct BpeMerge(int Left, int Right, int Result);

/// <summary>A byte-level BPE tokenizer as data: what <c>tokenizer.json</c> holds. Ids are the positions in <see cref="Tokens"/>.</summary>
public sealed class BpeModel
{
    private readonly Dictionary<string, int> ids;

    /// <param name="tokens">By id: special tokens, the sorted byte alphabet, the results of merges. Ordinary tokens are in the symbols of <see cref="ByteAlphabet"/>.</param>
    /// <param name="merges">The first has the highest priority.</param>
    public BpeModel(SplitPattern pattern, IReadOnlyList<string> specialTokens, IReadOnlyList<string> tokens, IReadOnlyList<BpeMerge> merges)
    {
        Pattern = pattern;
        SpecialTokens = specialTokens;
        Tokens = tokens;
        Merges = merges;
        ids = new(tokens.Count, StringComparer.Ordinal);
        for (var id = 0; id < tokens.Count; id++)
        {
            if (!ids.TryAdd(tokens[id], id))
                throw new InvalidDataException($"The token '{tokens[id]}' has two ids, {ids[tokens[id]]} and {id}.");
        }
    }

    public SplitPattern Pattern { get; }

    /// <summary>Never produced from text, only by asking for their ids; a subset of <see cref="Tokens"/>.</summary>
    public IReadOnlyList<string> SpecialTokens { get; }

    public IReadOnlyList<string> Tokens { get; }

    public IReadOnlyList<BpeMerge> Merges { get; }

    public int VocabularySize => Tokens.Count;

    /// <summary>The id of a token, or null.</summary>
    public int? Find(string token) => ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>The id of a special token; the error names those that exist.</summary>
    public int SpecialId(string token) =>
        SpecialTokens.Contains(token) && ids.TryGetValue(token, out var id)
            ? id
            : throw new InvalidDataException($"The tokenizer has no special token '{token}'; it has: {string.Join(", ", SpecialTokens)}. Train it with this token among its special tokens.");
}
