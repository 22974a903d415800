using System.ComponentModel;
using System.Text;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Tokenizing;

/// <summary>The normal form that text is brought to.</summary>
public enum TextNormalization
{
    None,
    Nfc,
    Nfkc,
}

/// <summary>Trains a unigram tokenizer.</summary>
public sealed class TrainUnigram : TrainTokenizer<TrainUnigram.With, UnigramModel>
{
    public sealed record With
    {
        [Description(TrainingTexts.VocabSize)]
        [Engine.Authoring.Range(16, 1_000_000)]
        public int VocabSize { get; init; } = 32_000;

        [Description("Substrings that the training begins with.")]
        [Engine.Authoring.Range(1000, 10_000_000)]
        public int SeedSize { get; init; } = 1_000_000;

        [Description("What each pruning leaves of the pieces.")]
        [Engine.Authoring.Range(0.1, 0.99)]
        public double ShrinkingFactor { get; init; } = 0.75;

        [Description("The share of all characters that are pieces of their own; the rarest are spelled in bytes, or unknown.")]
        [Engine.Authoring.Range(0.5, 1)]
        public double CharacterCoverage { get; init; } = 0.9995;

        [Description("256 tokens for the bytes of what no piece spells, so that every text comes back. False: it is unknown.")]
        public bool ByteFallback { get; init; } = true;

        [Description("Puts a space before a text, so that its first word is spelled as it is within the text; decoding takes it away.")]
        public bool PrefixSpace { get; init; } = true;

        [Description("none keeps text as it is; nfc and nfkc bring it to that form, which decoding does not undo.")]
        public TextNormalization Normalization { get; init; }

        [Description("Tokens that text never yields; `<unk>` has to be among them.")]
        public IReadOnlyList<string> SpecialTokens { get; init; } = UnigramTraining.DefaultSpecialTokens;

        [Description("Distinct words that the training takes, about 1,000 bytes of memory each. Where a corpus has more, the rarest are forgotten again and again (a line in the log and the metric `words.dropped` say so).")]
        [Engine.Authoring.Range(1000, 100_000_000)]
        public int MaxWords { get; init; } = 1_000_000;
    }

    public override string Name => "tokenizer.train-unigram";
    public override int Version => 1;
    public override string Description => "Trains a unigram language model over pieces of words, as SentencePiece does, and writes it for Hugging Face's libraries.";

    protected override IEnumerable<(string Option, string Message)> Check(With with) =>
        TrainingTexts.Problems(with.SpecialTokens, with.VocabSize, with.ByteFallback ? 257 : 1, with.ByteFallback ? "256 bytes and a character" : "a character", UnigramTraining.Unknown);

    protected override int VocabularyOf(With with) => with.VocabSize;

    protected override Trained<UnigramModel> Train(With with, IEnumerable<string> texts, StepContext context)
    {
        var training = new UnigramTraining
        {
            VocabularySize = with.VocabSize,
            SeedSize = with.SeedSize,
            ShrinkingFactor = with.ShrinkingFactor,
            CharacterCoverage = with.CharacterCoverage,
            ByteFallback = with.ByteFallback,
            PrefixSpace = with.PrefixSpace,
            Normalization = with.Normalization switch { TextNormalization.Nfc => NormalizationForm.FormC, TextNormalization.Nfkc => NormalizationForm.FormKC, _ => null },
            SpecialTokens = with.SpecialTokens,
            MostWords = with.MaxWords,
        };
        return UnigramTrainer.Train(texts, training, context.Cpus, context.Cancellation);
    }
}
