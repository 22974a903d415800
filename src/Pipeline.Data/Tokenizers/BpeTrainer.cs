using System.Text;
using Pipeline.Data.Tokenizers.Learning;
using Pipeline.Data.Tokenizers.Splitting;

namespace Pipeline.Data.Tokenizers;

public sealed record BpeTraining : TokenizerTraining
{
    /// <summary>A pair that occurs less often is not merged. 0 and 1 mean the same.</summary>
    public long MinFrequency { get; init; }

    public SplitPattern Pattern { get; init; }
}

/// <summary>
/// Trains byte-level BPE (Sennrich et al., arXiv:1508.07909) with the vocabulary and merges of Hugging Face's <c>tokenizers</c> on the same texts:
/// the pair that occurs most often is merged, among equals the one with the lowest ids. The result depends on neither the order of texts (as long as no word is dropped) nor the number of workers.
/// </summary>
public static class BpeTrainer
{
    public static Trained<BpeModel> Train(IEnumerable<string> texts, BpeTraining training, int workers = -1, CancellationToken cancellation = default)
    {
        training.Check(256, "256 bytes");
        Splitter[] splitters = [new PatternWords(training.Pattern)];
        var counted = WordCounts.Of(texts, () => new([], splitters), training.MostWords, workers, cancellation);
        List<string> tokens = [.. training.SpecialTokens, .. ByteAlphabet.Sorted.Select(c => c.ToString())];
        var merges = new PairMerger(Spelled(counted.Counts, tokens), tokens).Run(training.VocabularySize, training.MinFrequency, cancellation);
        return new(new(tokens, AddedToken.Specials(training.SpecialTokens), merges) { ByteLevel = true, Splitters = splitters, Decoder = new ByteLevelDecoder() }, counted);
    }

    private static TrainingWords Spelled(IReadOnlyDictionary<string, long> words, List<string> tokens)
    {
        int[] idOf = [.. Enumerable.Range(0, 256).Select(value => tokens.IndexOf(ByteAlphabet.SymbolOf((byte)value).ToString()))];
        var bytes = new byte[WordCounts.LongestWord * 3];
        return new(words, words.Keys.Sum(word => (long)Encoding.UTF8.GetByteCount(word)), (word, symbols) =>
        {
            var length = Encoding.UTF8.GetBytes(word, bytes);
            for (var i = 0; i < length; i++) symbols.Span[i] = idOf[bytes[i]];
            return length;
        });
    }
}
