using System.ComponentModel;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;
using Pipeline.Steps.Train;

namespace Pipeline.Steps.Tokenizing;

/// <summary>Makes a vocabulary of whole words.</summary>
public sealed class TrainWords : Step<VocabularyParams, TrainWords.Given, TrainWords.Made>
{
    public sealed record Given
    {
        [Description(TrainingTexts.Documents)]
        public required Artifact<Documents> Documents { get; init; }
    }

    public sealed record Made
    {
        [Description(TrainingTexts.Tokenizer)]
        public required Output<Tokenizer> Tokenizer { get; init; }
    }

    public override string Name => "tokenizer.train-words";
    public override int Version => 1;
    public override string Description => "Takes the most frequent words as tokens, cut at white space and between letters and signs; decoding puts a space between them.";
    public override string Incremental => TrainingTexts.Incremental;
    public override int DefaultCpus => 4;

    protected override IEnumerable<(string Option, string Message)> Check(VocabularyParams with) => TrainingTexts.Problems(with.SpecialTokens, with.VocabSize, 1, "a word", WordTraining.Unknown);

    protected override StepEstimate Estimate(VocabularyParams with, Foreseen given) => new() { Outputs = new Dictionary<string, Forecast> { ["tokenizer"] = new TokenizerForecast(with.VocabSize) } };

    protected override Task RunAsync(VocabularyParams with, Given inputs, Made outputs, StepContext context)
    {
        TrainingTexts.Train(() => WordTrainer.Train(TrainingTexts.Of(inputs.Documents, context), with.Training(characters: false), context.Cpus, context.Cancellation), with.VocabSize, outputs.Tokenizer, context);
        return Task.CompletedTask;
    }
}
