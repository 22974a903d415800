using Pipeline.Data.Tokenizers.Normalizing;
using Pipeline.Data.Tokenizers.Segmenting;
using Pipeline.Data.Tokenizers.Splitting;

namespace Pipeline.Data.Tokenizers;

/// <summary>A tokenizer as data: what <c>tokenizer.json</c> holds. Ids are the positions in <see cref="Tokens"/>. Text is normalized, cut into words, and each word segmented into tokens by the kind of model.</summary>
public abstract class TokenizerModel
{
    private readonly Dictionary<string, int> ids;
    private readonly HashSet<int> special;

    /// <param name="tokens">By id, those of <paramref name="added"/> included.</param>
    protected TokenizerModel(IReadOnlyList<string> tokens, IReadOnlyList<AddedToken> added)
    {
        Tokens = tokens;
        Added = added;
        SpecialTokens = [.. added.Where(token => token.Special).Select(token => token.Content)];
        ids = new(tokens.Count, StringComparer.Ordinal);
        for (var id = 0; id < tokens.Count; id++)
        {
            if (!ids.TryAdd(tokens[id], id)) throw new InvalidDataException($"The token '{tokens[id]}' has two ids, {ids[tokens[id]]} and {id}.");
        }

        if (added.FirstOrDefault(token => !ids.ContainsKey(token.Content)) is { } missing) throw new InvalidDataException($"The added token '{missing.Content}' has no id.");
        special = [.. SpecialTokens.Select(token => ids[token])];
    }

    public IReadOnlyList<string> Tokens { get; }

    public IReadOnlyList<AddedToken> Added { get; }

    /// <summary>Those of <see cref="Added"/> that decoding leaves out.</summary>
    public IReadOnlyList<string> SpecialTokens { get; }

    public int VocabularySize => Tokens.Count;

    /// <summary>The id of what cannot be spelled; null where it is left out.</summary>
    public int? Unknown { get; init; }

    public IReadOnlyList<Normalizer> Normalizers { get; init; } = [];

    /// <summary>One after the other, each on the words of the one before; without any a text is one word.</summary>
    public IReadOnlyList<Splitter> Splitters { get; init; } = [];

    /// <summary><see cref="Splitters"/>, and ways to cut words further that change no id.</summary>
    internal virtual IReadOnlyList<Splitter> EncodingSplitters => Splitters;

    public required Decoder Decoder { get; init; }

    /// <summary>What is put around a text that is encoded for a model's input; null: nothing.</summary>
    public Template? Template { get; init; }

    /// <summary>How inputs are cut to a length, see <see cref="EncodedInput"/>; documents never are.</summary>
    public Truncation? Truncation { get; init; }

    /// <summary>How inputs are brought to one length, see <see cref="EncodedInput"/>.</summary>
    public Padding? Padding { get; init; }

    /// <summary>Ids that a model is used to see before a text: its beginning-of-sequence token, or none.</summary>
    public IReadOnlyList<int> Begins => Template is null ? [] : [.. Template.Single.TakeWhile(piece => piece.Token is not null).Select(piece => piece.Token!.Value)];

    /// <summary>The id of a token, or null.</summary>
    public int? Find(string token) => ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>The id of a special token; the error names those that exist.</summary>
    public int SpecialId(string token) =>
        SpecialTokens.Contains(token) && ids.TryGetValue(token, out var id)
            ? id
            : throw new InvalidDataException($"The tokenizer has no special token '{token}'; it has: {string.Join(", ", SpecialTokens)}. Train it with this token among its special tokens.");

    /// <summary>Whether text may become the token: special tokens only come by their ids.</summary>
    internal bool IsOrdinary(int id) => !special.Contains(id);

    /// <summary>For one thread. Tables are shared by all encoders of a model.</summary>
    internal abstract WordEncoder NewEncoder();

    internal Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> Ids => ids.GetAlternateLookup<ReadOnlySpan<char>>();
}
