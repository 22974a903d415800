namespace Pipeline.Data.Tokenizers;

/// <summary>What all trainings of tokenizers have in common.</summary>
public abstract record TokenizerTraining
{
    public const int DefaultMostWords = 2_000_000;

    /// <summary>All tokens together, special ones included.</summary>
    public int VocabularySize { get; init; } = 30_000;

    public IReadOnlyList<string> SpecialTokens { get; init; } = Tokenizers.SpecialTokens.Default;

    /// <summary>Distinct words to count at once: about 100 bytes of memory each. Of more, the rarest are forgotten again and again, so that a word that comes late has to come often.</summary>
    public int MostWords { get; init; } = DefaultMostWords;

    /// <exception cref="ArgumentException">Tokens that cannot be special, or more than the vocabulary holds.</exception>
    /// <param name="remedy">Besides a larger vocabulary, as <c>, or …</c>.</param>
    internal void Check(int others, string what, string remedy = "")
    {
        if (Tokenizers.SpecialTokens.Problem(SpecialTokens) is { } problem) throw new ArgumentException(problem);
        if (VocabularySize < SpecialTokens.Count + others)
            throw new ArgumentException($"a vocabulary of {VocabularySize} has no room: {SpecialTokens.Count} special tokens and {what} need {SpecialTokens.Count + others}; raise vocab_size to that or more{remedy}");
    }
}

/// <param name="Texts">How many there were.</param>
/// <param name="Characters">Of all texts, in UTF-16 code units.</param>
/// <param name="Words">Distinct words.</param>
/// <param name="SkippedWords">Occurrences of words longer than 16,384 characters, which take no part.</param>
/// <param name="DroppedWords">Occurrences of words that were forgotten because there were more than <see cref="TokenizerTraining.MostWords"/>.</param>
public sealed record Trained<TModel>(TModel Model, long Texts, long Characters, int Words, long SkippedWords, long DroppedWords)
    where TModel : TokenizerModel
{
    internal Trained(TModel model, Learning.WordCounts counted)
        : this(model, counted.Texts, counted.Characters, counted.Counts.Count, counted.SkippedWords, counted.DroppedWords)
    {
    }
}
