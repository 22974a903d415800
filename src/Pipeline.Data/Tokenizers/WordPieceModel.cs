using Pipeline.Data.Tokenizers.Segmenting;

namespace Pipeline.Data.Tokenizers;

/// <summary>WordPiece (BERT): the longest token that begins a word, then the longest that goes on with it; a word that cannot be spelled so is unknown.</summary>
public sealed class WordPieceModel : TokenizerModel
{
    public const string UsualPrefix = "##";
    private readonly Lazy<WordPieceTables> tables;

    public WordPieceModel(IReadOnlyList<string> tokens, IReadOnlyList<AddedToken> added)
        : base(tokens, added) => tables = new(() => new(this));

    /// <summary>Marks tokens that go on with a word.</summary>
    public string Prefix { get; init; } = UsualPrefix;

    /// <summary>In characters; a longer word is unknown.</summary>
    public int LongestWord { get; init; } = 100;

    internal override WordEncoder NewEncoder() => new WordPieceWords(this, tables.Value);
}
