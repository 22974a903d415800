using Pipeline.Data.Tokenizers.Segmenting;
using Pipeline.Data.Tokenizers.Splitting;

namespace Pipeline.Data.Tokenizers;

/// <summary>A merge of two neighbouring tokens into one, all by id.</summary>
public readonly record struct BpeMerge(int Left, int Right, int Result);

/// <summary>Byte-pair encoding: of bytes (GPT-2, Llama 3) or of characters (Llama 2, Mistral).</summary>
public sealed class BpeModel : TokenizerModel
{
    private readonly Lazy<BpeTables> tables;
    private readonly Lazy<IReadOnlyList<Splitter>> encodingSplitters;

    /// <param name="merges">The first has the highest priority.</param>
    public BpeModel(IReadOnlyList<string> tokens, IReadOnlyList<AddedToken> added, IReadOnlyList<BpeMerge> merges)
        : base(tokens, added)
    {
        Merges = merges;
        tables = new(() => new(this));
        encodingSplitters = new(() => CutsBeforeSpaces() ? [.. Splitters, new SpaceRuns()] : Splitters);
    }

    public IReadOnlyList<BpeMerge> Merges { get; }

    /// <summary>Whether tokens are made of bytes, in the symbols of <see cref="ByteAlphabet"/>; else of characters.</summary>
    public bool ByteLevel { get; init; }

    /// <summary>Of characters: one that is no token is spelled in bytes, <c>&lt;0x0A&gt;</c>; where there are no tokens for its bytes it is unknown.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>Whether several unknown characters in a row are one.</summary>
    public bool FusesUnknown { get; init; }

    /// <summary>A word that is a token is taken whole, whatever merges would make of it (Llama 3).</summary>
    public bool WholeWords { get; init; }

    internal override IReadOnlyList<Splitter> EncodingSplitters => encodingSplitters.Value;

    /// <summary>The token of one byte.</summary>
    internal string SymbolOf(byte value) => ByteLevel ? ByteAlphabet.SymbolOf(value).ToString() : ByteTokens.Of(value);

    internal override WordEncoder NewEncoder() => new BpeWords(this, tables.Value);

    /// <summary>Whether no merge goes over a space that follows something else: a text that is one word (Llama 2) then is one word after the other.</summary>
    private bool CutsBeforeSpaces()
    {
        if (ByteLevel || WholeWords || Find($"{UnigramModel.SpaceSymbol}") is null) return false;
        return Merges.All(merge => Tokens[merge.Left] is [.., UnigramModel.SpaceSymbol] || Tokens[merge.Right] is not [UnigramModel.SpaceSymbol, ..]);
    }
}
