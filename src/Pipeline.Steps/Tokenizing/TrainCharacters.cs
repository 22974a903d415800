using System.ComponentModel;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;
using Pipeline.Steps.Train;

namespace Pipeline.Steps.Tokenizing;

/// <summary>Makes a vocabulary of whole characters.</summary>
public sealed class TrainCharacters : Step<VocabularyParams, TrainCharacters.Given, TrainCharacters.Made>
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

    public override string Name => "tokenizer.train-characters";
    public override int Version => 1;
    public override string Description => "Takes the most frequent characters as tokens, a token a character; the text comes back but for unknown ones.";
    public override string Incremental => TrainingTexts.Incremental;
    public override int DefaultCpus => 4;

    protected override IEnumerable<(string Option, string Message)> Check(VocabularyParams with) => TrainingTexts.Problems(with.SpecialTokens, with.VocabSize, 1, "a character", WordTraining.Unknown);

    protected override StepEstimate Estimate(VocabularyParams with, Foreseen given) => new() { Outputs = new Dictionary<string, Forecast> { ["tokenizer"] = new TokenizerForecast(with.VocabSize) } };

    protected override Task RunAsync(VocabularyParams with, Given inputs, Made outputs, StepContext context)
    {
        TrainingTexts.Train(() => WordTrainer.Train(TrainingTexts.Of(inputs.Documents, context), with.Training(characters: true), context.Cpus, context.Cancellation), with.VocabSize, outputs.Tokenizer, context);
        return Task.CompletedTask;
    }
}
