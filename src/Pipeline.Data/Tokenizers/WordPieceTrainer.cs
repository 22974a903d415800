using Pipeline.Data.Tokenizers.Learning;
using Pipeline.Data.Tokenizers.Normalizing;
using Pipeline.Data.Tokenizers.Splitting;

namespace Pipeline.Data.Tokenizers;

public sealed record WordPieceTraining : TokenizerTraining
{
    public const string Unknown = "[UNK]";

    /// <summary>BERT's, then those of the lifecycle.</summary>
    public static readonly IReadOnlyList<string> DefaultSpecialTokens = ["[PAD]", Unknown, "[CLS]", "[SEP]", "[MASK]", .. Tokenizers.SpecialTokens.Default];

    public WordPieceTraining() => SpecialTokens = DefaultSpecialTokens;

    /// <summary>A pair that occurs less often is not merged.</summary>
    public long MinFrequency { get; init; } = 2;

    /// <summary>The most frequent characters to spell words with; a word with another one is unknown.</summary>
    public int LimitAlphabet { get; init; } = 1000;

    /// <summary>The characters within words, marked, in the order of their ids; null: by code point. In the real engine the order is that of a hash table and differs from run to run.</summary>
    public IReadOnlyList<string>? InnerAlphabet { get; init; }

    /// <summary>BERT's uncased and cased models differ in it.</summary>
    public bool Lowercase { get; init; } = true;
}

/// <summary>Trains WordPiece as Hugging Face's <c>tokenizers</c> does: byte-pair encoding of characters, where those within a word are marked.</summary>
public static class WordPieceTrainer
{
    public static Trained<WordPieceModel> Train(IEnumerable<string> texts, WordPieceTraining training, int workers = -1, CancellationToken cancellation = default)
    {
        training.Check(1, "a character");
        if (!training.SpecialTokens.Contains(WordPieceTraining.Unknown)) throw new ArgumentException($"the special tokens lack '{WordPieceTraining.Unknown}', which stands for words that cannot be spelled");
        Normalizer[] normalizers = [new BertNormalizer(CleansText: true, SeparatesIdeographs: true, StripsAccents: null, Lowers: training.Lowercase)];
        Splitter[] splitters = [new BertWords()];
        var counted = WordCounts.Of(texts, () => new(normalizers, splitters), training.MostWords, workers, cancellation);
        var kept = Alphabet(counted.Counts, training.LimitAlphabet);
        List<string> tokens = [.. training.SpecialTokens, .. kept.Order(CodePointOrder.Instance)];
        tokens.AddRange(training.InnerAlphabet ?? [.. Inner(counted.Counts, kept).Order(CodePointOrder.Instance)]);
        training.Check(tokens.Count - training.SpecialTokens.Count, $"the {kept.Count} characters of the text, which stand at the beginnings of words and within them,");
        new PairMerger(Spelled(counted.Counts, tokens), tokens, WordPieceModel.UsualPrefix).Run(training.VocabularySize, training.MinFrequency, cancellation);
        return new(Model(tokens, training, normalizers, splitters), counted);
    }

    private static WordPieceModel Model(List<string> tokens, WordPieceTraining training, Normalizer[] normalizers, Splitter[] splitters) =>
        new(tokens, AddedToken.Specials(training.SpecialTokens))
        {
            Unknown = tokens.IndexOf(WordPieceTraining.Unknown),
            Normalizers = normalizers,
            Splitters = splitters,
            Decoder = new WordPieceDecoder(WordPieceModel.UsualPrefix, CleansUp: true),
            Template = Template.Bert(tokens.IndexOf("[CLS]"), tokens.IndexOf("[SEP]")),
        };

    private static HashSet<string> Alphabet(IReadOnlyDictionary<string, long> words, int limit)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (word, count) in words)
        {
            foreach (var rune in word.EnumerateRunes()) counts[rune.ToString()] = counts.GetValueOrDefault(rune.ToString()) + count;
        }

        return counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, CodePointOrder.Instance).Take(limit).Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
    }

    private static HashSet<string> Inner(IReadOnlyDictionary<string, long> words, HashSet<string> alphabet) =>
        words.Keys.SelectMany(word => word.EnumerateRunes().Skip(1)).Select(rune => rune.ToString()).Where(alphabet.Contains).Select(symbol => WordPieceModel.UsualPrefix + symbol).ToHashSet(StringComparer.Ordinal);

    private static TrainingWords Spelled(IReadOnlyDictionary<string, long> words, List<string> tokens)
    {
        var ids = tokens.Select((token, id) => (token, id)).ToDictionary(entry => entry.token, entry => entry.id, StringComparer.Ordinal);
        return new(words, words.Keys.Sum(word => (long)word.Length), (word, symbols) =>
        {
            var (count, mark) = (0, "");
            foreach (var rune in word.EnumerateRunes())
            {
                if (ids.TryGetValue(mark + rune.ToString(), out var id)) symbols.Span[count++] = id;
                mark = WordPieceModel.UsualPrefix;
            }

            return count;
        });
    }
}
