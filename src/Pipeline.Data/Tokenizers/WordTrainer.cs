using Pipeline.Data.Tokenizers.Learning;
using Pipeline.Data.Tokenizers.Normalizing;
using Pipeline.Data.Tokenizers.Splitting;

namespace Pipeline.Data.Tokenizers;

public sealed record WordTraining : TokenizerTraining
{
    public const string Unknown = "<unk>";

    public static readonly IReadOnlyList<string> DefaultSpecialTokens = [Unknown, .. Tokenizers.SpecialTokens.Default];

    public WordTraining() => SpecialTokens = DefaultSpecialTokens;

    /// <summary>What occurs less often is unknown.</summary>
    public long MinFrequency { get; init; } = 1;

    public bool Lowercase { get; init; }

    /// <summary>A token a character instead of one a word.</summary>
    public bool Characters { get; init; }
}

/// <summary>Takes the most frequent words or characters, among equals by code point: the vocabulary of Hugging Face's <c>tokenizers</c>.</summary>
public static class WordTrainer
{
    public static Trained<WordModel> Train(IEnumerable<string> texts, WordTraining training, int workers = -1, CancellationToken cancellation = default)
    {
        training.Check(1, "a word");
        if (!training.SpecialTokens.Contains(WordTraining.Unknown)) throw new ArgumentException($"the special tokens lack '{WordTraining.Unknown}', which stands for what is not in the vocabulary");
        Normalizer[] normalizers = training.Lowercase ? [new Lowercase()] : [];
        Splitter[] splitters = [training.Characters ? new Characters() : new WhitespaceWords()];
        var counted = WordCounts.Of(texts, () => new(normalizers, splitters), training.MostWords, workers, cancellation);
        var words = counted.Counts.Where(entry => entry.Value >= training.MinFrequency && !training.SpecialTokens.Contains(entry.Key))
            .OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, CodePointOrder.Instance).Select(entry => entry.Key).Take(training.VocabularySize - training.SpecialTokens.Count);
        List<string> tokens = [.. training.SpecialTokens, .. words];
        return new(new(tokens, AddedToken.Specials(training.SpecialTokens)) { Unknown = tokens.IndexOf(WordTraining.Unknown), Normalizers = normalizers, Splitters = splitters, Decoder = training.Characters ? new FuseDecoder() : new SpacedDecoder() }, counted);
    }
}
