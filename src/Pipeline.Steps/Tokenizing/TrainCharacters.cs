using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Tokenizing;

/// <summary>Makes a vocabulary of whole characters.</summary>
public sealed class TrainCharacters : TrainTokenizer<VocabularyParams, WordModel>
{
    public override string Name => "tokenizer.train-characters";
    public override int Version => 1;
    public override string Description => "Takes the most frequent characters as tokens, a token a character; the text comes back but for unknown ones.";

    protected override IEnumerable<(string Option, string Message)> Check(VocabularyParams with) => TrainingTexts.Problems(with.SpecialTokens, with.VocabSize, 1, "a character", WordTraining.Unknown);

    protected override int VocabularyOf(VocabularyParams with) => with.VocabSize;

    protected override Trained<WordModel> Train(VocabularyParams with, IEnumerable<string> texts, StepContext context) => WordTrainer.Train(texts, with.Training(characters: true), context.Cpus, context.Cancellation);
}
