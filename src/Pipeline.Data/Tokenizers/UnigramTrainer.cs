using System.Text;
using Pipeline.Data.Tokenizers.Learning;
using Pipeline.Data.Tokenizers.Normalizing;
using Pipeline.Data.Tokenizers.Splitting;

namespace Pipeline.Data.Tokenizers;

public sealed record UnigramTraining : TokenizerTraining
{
    public const string Unknown = "<unk>";

    public static readonly IReadOnlyList<string> DefaultSpecialTokens = [Unknown, .. Tokenizers.SpecialTokens.Default];

    public UnigramTraining() => SpecialTokens = DefaultSpecialTokens;

    /// <summary>Substrings to begin with.</summary>
    public int SeedSize { get; init; } = 1_000_000;

    /// <summary>What each pruning leaves of the pieces.</summary>
    public double ShrinkingFactor { get; init; } = 0.75;

    /// <summary>The share of all characters that are pieces of their own; the rarest are spelled in bytes or unknown.</summary>
    public double CharacterCoverage { get; init; } = 0.9995;

    /// <summary>256 tokens for what no piece spells, so that no text is unknown.</summary>
    public bool ByteFallback { get; init; } = true;

    /// <summary>Whether a text begins with a space, so that its first word is spelled as within the text.</summary>
    public bool PrefixSpace { get; init; } = true;

    /// <summary>What text is brought to before anything else; null changes nothing.</summary>
    public NormalizationForm? Normalization { get; init; }
}

/// <summary>Trains a unigram language model over pieces as SentencePiece does. Words begin with their space; line ends are words of their own.</summary>
public static class UnigramTrainer
{
    public static Trained<UnigramModel> Train(IEnumerable<string> texts, UnigramTraining training, int workers = -1, CancellationToken cancellation = default)
    {
        training.Check(1, "a piece");
        if (!training.SpecialTokens.Contains(UnigramTraining.Unknown)) throw new ArgumentException($"the special tokens lack '{UnigramTraining.Unknown}', which stands for what no piece spells");
        string[] bytes = training.ByteFallback ? [.. Enumerable.Range(0, 256).Select(value => ByteTokens.Of((byte)value))] : [];
        List<Normalizer> normalizers = [];
        if (training.Normalization is { } form) normalizers.Add(new UnicodeForm(form));
        if (training.PrefixSpace) normalizers.Add(new Prepend($"{UnigramModel.SpaceSymbol}"));
        Splitter[] splitters = [new TextSplit("\n", Kept: true), new Metaspace(PrependScheme.Never, Cuts: true)];

        var counted = WordCounts.Of(texts, () => new(normalizers, splitters), training.MostWords, workers, cancellation);
        var text = new SymbolText(counted.Counts, training.CharacterCoverage);
        training.Check(bytes.Length + text.Alphabet.Length, $"{(training.ByteFallback ? "256 bytes and " : "")}{text.Alphabet.Length} characters", $", or have fewer characters be pieces (character_coverage: {training.CharacterCoverage.ToString(System.Globalization.CultureInfo.InvariantCulture)})");
        var room = training.VocabularySize - training.SpecialTokens.Count - bytes.Length;
        var pieces = new UnigramLearner(text, training.SeedSize, workers, cancellation).Run(room, training.ShrinkingFactor);
        // What a special token or a byte is called is no piece.
        pieces.RemoveAll(piece => training.SpecialTokens.Contains(piece.Piece) || bytes.Contains(piece.Piece));
        List<string> tokens = [.. training.SpecialTokens, .. bytes, .. pieces.Select(piece => piece.Piece)];
        var model = new UnigramModel(tokens, AddedToken.Specials(training.SpecialTokens), [.. Enumerable.Repeat(0.0, tokens.Count - pieces.Count), .. pieces.Select(piece => piece.Score)])
        {
            Unknown = tokens.IndexOf(UnigramTraining.Unknown),
            ByteFallback = training.ByteFallback,
            Normalizers = normalizers,
            Splitters = splitters,
            Decoder = new SpaceSymbolDecoder(training.PrefixSpace ? FirstSpace.Dropped : FirstSpace.Kept, training.ByteFallback),
        };
        return new(model, counted);
    }
}
