namespace Pipeline.Data.Tokenizers;

public sealed record BpeTraining
{
    /// <summary>Special tokens, 256 bytes and merges together.</summary>
    public int VocabularySize { get; init; } = 30_000;

    /// <summary>A pair that occurs less often is not merged. 0 and 1 mean the same.</summary>
    public long MinFrequency { get; init; }

    public SplitPattern Pattern { get; init; }
    public IReadOnlyList<string> SpecialTokens { get; init; } = Tokenizers.SpecialTokens.Default;
}

/// <param name="Words">Distinct words.</param>
/// <param name="SkippedWords">Occurrences of words longer than 16,384 characters, which take no part.</param>
public sealed record BpeTrainingResult(BpeModel Model, long Texts, long Characters, int Words, long SkippedWords);

/// <summary>
/// Trains byte-level BPE (Sennrich et al., arXiv:1508.07909) with the vocabulary and merges of Hugging Face's <c>tokenizers</c> on the same texts:
/// the pair that occurs most often is merged, among equals the one with the lowest ids. The result depends on neither the order of texts nor the number of workers.
/// </summary>
public static class BpeTrainer
{
    public static BpeTrainingResult Train(IEnumerable<string> texts, BpeTraining training, int workers = -1, CancellationToken cancellation = default)
    {
        if (SpecialTokens.Problem(training.SpecialTokens) is { } problem) throw new ArgumentException(problem, nameof(training));
        var smallest = training.SpecialTokens.Count + 256;
        if (training.VocabularySize < smallest)
            throw new ArgumentException($"a vocabulary of {training.VocabularySize} has no room: {training.SpecialTokens.Count} special tokens and 256 bytes need {smallest}", nameof(training));

        var counted = WordCounts.Of(texts, training.Pattern, workers, cancellation);
        List<string> tokens = [.. training.SpecialTokens, .. ByteAlphabet.Sorted.Select(c => c.ToString())];
        var merges = new PairMerger(counted.Counts, tokens).Run(training.VocabularySize, training.MinFrequency, cancellation);
        return new(new(training.Pattern, training.SpecialTokens, tokens, merges), counted.Texts, counted.Characters, counted.Counts.Count, counted.SkippedWords);
    }
}
