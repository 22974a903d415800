using Pipeline.Data.Tokenizers.Segmenting;

namespace Pipeline.Data.Tokenizers;

/// <summary>A token a word, or a character where text is cut into characters; what is not in the vocabulary is unknown.</summary>
public sealed class WordModel(IReadOnlyList<string> tokens, IReadOnlyList<AddedToken> added) : TokenizerModel(tokens, added)
{
    internal override WordEncoder NewEncoder() => new KnownWords(this);
}
