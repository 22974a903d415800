namespace Pipeline.Data.Tokenizers;

/// <summary>A merge of two neighbouring tokens into one, all by id.</summary>
public readonly record struct BpeMerge(int Left, int Right, int Result);

/// <summary>Where the space goes that stands before a text of a tokenizer made of characters.</summary>
public enum SpaceBefore
{
    Always,

    /// <summary>Unless the text begins with one.</summary>
    IfMissing,

    Never,
}

/// <summary>A BPE tokenizer as data: what <c>tokenizer.json</c> holds. Ids are the positions in <see cref="Tokens"/>.</summary>
public sealed class BpeModel
{
    /// <summary>Stands for a space in tokens made of characters, as SentencePiece writes it.</summary>
    public const char SpaceSymbol = '\u2581';

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

    /// <summary>Null where tokens are made of bytes, in the symbols of <see cref="ByteAlphabet"/>, within the words of <see cref="Pattern"/>. Else of characters, as SentencePiece's (Llama 2, Mistral): a text is one word,
    /// and a character that is no token is spelled in bytes, <c>&lt;0x0A&gt;</c>, or is <see cref="Unknown"/> where there are no tokens for its bytes.</summary>
    public SpaceBefore? Spaces { get; init; }

    /// <summary>The id of what cannot be spelled; null where it is left out.</summary>
    public int? Unknown { get; init; }

    /// <summary>Whether several unknown characters in a row are one.</summary>
    public bool FusesUnknown { get; init; }

    /// <summary>A word of bytes that is a token is taken whole, whatever merges would make of it (Llama 3).</summary>
    public bool WholeWords { get; init; }

    /// <summary>Ids that a model is used to see before a text: its beginning-of-sequence token, or none.</summary>
    public IReadOnlyList<int> Begins { get; init; } = [];

    /// <summary>The token of one byte.</summary>
    internal string SymbolOf(byte value) => Spaces is null ? ByteAlphabet.SymbolOf(value).ToString() : $"<0x{value:X2}>";

    /// <summary>The id of a token, or null.</summary>
    public int? Find(string token) => ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>The id of a special token; the error names those that exist.</summary>
    public int SpecialId(string token) =>
        SpecialTokens.Contains(token) && ids.TryGetValue(token, out var id)
            ? id
            : throw new InvalidDataException($"The tokenizer has no special token '{token}'; it has: {string.Join(", ", SpecialTokens)}. Train it with this token among its special tokens.");
}
