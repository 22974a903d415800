using System.ComponentModel;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Tokenizing;

/// <summary>Trains a WordPiece tokenizer.</summary>
public sealed class TrainWordPiece : TrainTokenizer<TrainWordPiece.With, WordPieceModel>
{
    public sealed record With
    {
        [Description(TrainingTexts.VocabSize)]
        [Engine.Authoring.Range(16, 1_000_000)]
        public int VocabSize { get; init; } = 30_000;

        [Description("A pair of tokens that occurs less often is not merged.")]
        [Engine.Authoring.Range(0)]
        public long MinFrequency { get; init; } = 2;

        [Description("The most frequent characters words are spelled with; a word with another one is unknown.")]
        [Engine.Authoring.Range(1, 100_000)]
        public int LimitAlphabet { get; init; } = 1000;

        [Description("Small letters without accents, as BERT's uncased models; false keeps both.")]
        public bool Lowercase { get; init; } = true;

        [Description("Tokens that text never yields. `[UNK]` stands for words that cannot be spelled; with `[CLS]` and `[SEP]` an input begins and ends with them.")]
        public IReadOnlyList<string> SpecialTokens { get; init; } = WordPieceTraining.DefaultSpecialTokens;

        [Description(TrainingTexts.MaxWords)]
        [Engine.Authoring.Range(1000, 100_000_000)]
        public int MaxWords { get; init; } = TokenizerTraining.DefaultMostWords;
    }

    public override string Name => "tokenizer.train-wordpiece";
    public override int Version => 2;
    public override string Description => "Trains a WordPiece tokenizer as BERT has one, by the merges that Hugging Face's tokenizers would choose.";

    protected override IEnumerable<(string Option, string Message)> Check(With with) => TrainingTexts.Problems(with.SpecialTokens, with.VocabSize, 1, "a character", WordPieceTraining.Unknown);

    protected override int VocabularyOf(With with) => with.VocabSize;

    protected override Trained<WordPieceModel> Train(With with, IEnumerable<string> texts, StepContext context)
    {
        var training = new WordPieceTraining { VocabularySize = with.VocabSize, MinFrequency = with.MinFrequency, LimitAlphabet = with.LimitAlphabet, Lowercase = with.Lowercase, SpecialTokens = with.SpecialTokens, MostWords = with.MaxWords };
        return WordPieceTrainer.Train(texts, training, context.Cpus, context.Cancellation);
    }
}
