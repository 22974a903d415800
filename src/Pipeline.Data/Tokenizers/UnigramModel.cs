using Pipeline.Data.Tokenizers.Segmenting;

namespace Pipeline.Data.Tokenizers;

/// <summary>A unigram language model over tokens (Kudo, arXiv:1804.10959): of all ways to spell a word the most probable one.</summary>
public sealed class UnigramModel : TokenizerModel
{
    private readonly Lazy<UnigramTables> tables;

    /// <param name="scores">Log probabilities by id.</param>
    public UnigramModel(IReadOnlyList<string> tokens, IReadOnlyList<AddedToken> added, IReadOnlyList<double> scores)
        : base(tokens, added)
    {
        Scores = scores;
        tables = new(() => new(this));
    }

    /// <summary>Stands for a space in tokens, as SentencePiece writes it.</summary>
    public const char SpaceSymbol = '\u2581';

    /// <summary>Of the first ids; the tokens after them were added and have none.</summary>
    public IReadOnlyList<double> Scores { get; }

    /// <summary>What is unknown is spelled in tokens of bytes where all of them are there.</summary>
    public bool ByteFallback { get; init; }

    internal override WordEncoder NewEncoder() => new UnigramWords(this, tables.Value);
}
