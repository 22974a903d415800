using System.Text;

namespace Pipeline.Data.Tokenizers;

/// <summary>How tokens become text.</summary>
public abstract record Decoder
{
    /// <summary>The bytes of a token within a text.</summary>
    public abstract byte[] Within(string token);

    /// <summary>The bytes of a token that begins a text.</summary>
    public virtual byte[] First(string token) => Within(token);

    /// <summary>The bytes of an added token.</summary>
    public virtual byte[] Added(string token) => Encoding.UTF8.GetBytes(token);

    /// <summary>Whether a token of one byte stands for it.</summary>
    public virtual bool ByteFallback => false;
}

/// <summary>Each symbol of a token is a byte (<see cref="ByteAlphabet"/>).</summary>
public sealed record ByteLevelDecoder : Decoder
{
    public override byte[] Within(string token) => token.All(symbol => ByteAlphabet.ByteOf(symbol) >= 0) ? [.. token.Select(symbol => (byte)ByteAlphabet.ByteOf(symbol))] : Encoding.UTF8.GetBytes(token);
}

/// <summary>What of a space that begins a text is dropped.</summary>
public enum FirstSpace
{
    Kept,

    /// <summary>One: the one that was put before it.</summary>
    Dropped,

    /// <summary>All of the first token.</summary>
    AllDropped,
}

/// <summary>U+2581 is a space.</summary>
public sealed record SpaceSymbolDecoder(FirstSpace FirstSpace, bool Bytes) : Decoder
{
    public override bool ByteFallback => Bytes;

    public override byte[] Within(string token) => Bytes && ByteTokens.ByteOf(token) is { } value ? [value] : Encoding.UTF8.GetBytes(token.Replace(UnigramModel.SpaceSymbol, ' '));

    public override byte[] First(string token) => FirstSpace switch
    {
        FirstSpace.AllDropped => Encoding.UTF8.GetBytes(token.Replace($"{UnigramModel.SpaceSymbol}", "", StringComparison.Ordinal)),
        FirstSpace.Dropped when Within(token) is [(byte)' ', .. var rest] => rest,
        _ => Within(token),
    };
}

/// <summary>A token without the prefix begins a word.</summary>
/// <param name="CleansUp">Closes the space before punctuation and English contractions, token by token.</param>
public sealed record WordPieceDecoder(string Prefix, bool CleansUp) : Decoder
{
    private static readonly (string, string)[] Closed =
        [(" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re")];

    public override byte[] Within(string token) => Cleaned(token.StartsWith(Prefix, StringComparison.Ordinal) ? token[Prefix.Length..] : " " + token);

    public override byte[] First(string token) => Cleaned(token);

    public override byte[] Added(string token) => Within(token);

    private byte[] Cleaned(string text) => Encoding.UTF8.GetBytes(CleansUp ? Closed.Aggregate(text, (cleaned, pair) => cleaned.Replace(pair.Item1, pair.Item2, StringComparison.Ordinal)) : text);
}

/// <summary>Tokens follow one another without anything between them.</summary>
public sealed record FuseDecoder : Decoder
{
    public override byte[] Within(string token) => Encoding.UTF8.GetBytes(token);
}

/// <summary>A space between tokens: what <c>tokenizer.json</c> without a decoder means.</summary>
public sealed record SpacedDecoder : Decoder
{
    public override byte[] Within(string token) => Encoding.UTF8.GetBytes(" " + token);

    public override byte[] First(string token) => Encoding.UTF8.GetBytes(token);

    public override byte[] Added(string token) => Within(token);
}
