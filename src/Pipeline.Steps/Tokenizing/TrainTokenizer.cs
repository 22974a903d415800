using System.ComponentModel;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;
using Pipeline.Steps.Train;

namespace Pipeline.Steps.Tokenizing;

public sealed record TokenizerInputs
{
    [Description("Documents to learn from: the training part, so that nothing of the test is seen.")]
    public required Artifact<Documents> Documents { get; init; }
}

public sealed record TokenizerOutputs
{
    [Description("The tokenizer in the Hugging Face layout: `tokenizer.json`.")]
    public required Output<Tokenizer> Tokenizer { get; init; }
}

/// <summary>What all steps that train a tokenizer have in common: what they read, write, foretell and tell.</summary>
public abstract class TrainTokenizer<TParams, TModel> : Step<TParams, TokenizerInputs, TokenizerOutputs>
    where TParams : class
    where TModel : TokenizerModel
{
    public override string Incremental => "no: a vocabulary is chosen by counts over all documents, so it runs whole";
    public override int DefaultCpus => 4;

    /// <summary>Tokens that are asked for.</summary>
    protected abstract int VocabularyOf(TParams with);

    /// <exception cref="ArgumentException">The text has too little for what is asked.</exception>
    protected abstract Trained<TModel> Train(TParams with, IEnumerable<string> texts, StepContext context);

    protected override StepEstimate Estimate(TParams with, Foreseen given) => new() { Outputs = new Dictionary<string, Forecast> { ["tokenizer"] = new TokenizerForecast(VocabularyOf(with)) } };

    protected override Task RunAsync(TParams with, TokenizerInputs inputs, TokenizerOutputs outputs, StepContext context)
    {
        TrainingTexts.Train(() => Train(with, TrainingTexts.Of(inputs.Documents, context), context), VocabularyOf(with), outputs.Tokenizer, context);
        return Task.CompletedTask;
    }
}
