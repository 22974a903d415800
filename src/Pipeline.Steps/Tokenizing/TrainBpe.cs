using System.ComponentModel;
using Pipeline.Data.Tokenizers;
using Pipeline.Data.Tokenizers.Splitting;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Tokenizing;

/// <summary>Trains a byte-level BPE tokenizer.</summary>
public sealed class TrainBpe : TrainTokenizer<TrainBpe.With, BpeModel>
{
    public sealed record With
    {
        [Description("Tokens in all: special tokens, 256 bytes and merges. With room for no merge each byte is a token, which in plain English text is each character. Fewer come out where the text has no more pairs to merge.")]
        [Engine.Authoring.Range(256, 1_000_000)]
        public int VocabSize { get; init; } = 32_000;

        [Description("A pair of tokens that occurs less often is not merged.")]
        [Engine.Authoring.Range(0)]
        public long MinFrequency { get; init; }

        [Description("How text is cut into words before merging.")]
        public SplitPattern Pattern { get; init; } = SplitPattern.Gpt2;

        [Description("Tokens that text never yields. The steps that train and chat need the default ones; `<|system|>` may be added.")]
        public IReadOnlyList<string> SpecialTokens { get; init; } = Data.Tokenizers.SpecialTokens.Default;

        [Description(TrainingTexts.MaxWords)]
        [Engine.Authoring.Range(1000, 100_000_000)]
        public int MaxWords { get; init; } = TokenizerTraining.DefaultMostWords;
    }

    public override string Name => "tokenizer.train-bpe";
    public override int Version => 1;
    public override string Description => "Trains a byte-level BPE tokenizer, with the vocabulary and merges that Hugging Face's tokenizers learns from the same documents.";

    protected override IEnumerable<(string Option, string Message)> Check(With with) => TrainingTexts.Problems(with.SpecialTokens, with.VocabSize, 256, "256 bytes");

    protected override int VocabularyOf(With with) => with.VocabSize;

    protected override Trained<BpeModel> Train(With with, IEnumerable<string> texts, StepContext context)
    {
        var training = new BpeTraining { VocabularySize = with.VocabSize, MinFrequency = with.MinFrequency, Pattern = with.Pattern, SpecialTokens = with.SpecialTokens, MostWords = with.MaxWords };
        var trained = BpeTrainer.Train(texts, training, context.Cpus, context.Cancellation);
        context.Metric("merges", trained.Model.Merges.Count);
        return trained;
    }
}
