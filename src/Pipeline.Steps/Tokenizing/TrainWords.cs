using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Tokenizing;

/// <summary>Makes a vocabulary of whole words.</summary>
public sealed class TrainWords : TrainTokenizer<VocabularyParams, WordModel>
{
    public override string Name => "tokenizer.train-words";
    public override int Version => 1;
    public override string Description => "Takes the most frequent words as tokens, cut at white space and between letters and signs; decoding puts a space between them.";

    protected override IEnumerable<(string Option, string Message)> Check(VocabularyParams with) => TrainingTexts.Problems(with.SpecialTokens, with.VocabSize, 1, "a word", WordTraining.Unknown);

    protected override int VocabularyOf(VocabularyParams with) => with.VocabSize;

    protected override Trained<WordModel> Train(VocabularyParams with, IEnumerable<string> texts, StepContext context) => WordTrainer.Train(texts, with.Training(characters: false), context.Cpus, context.Cancellation);
}
