using System.ComponentModel;
using Pipeline.Data.Shards;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;
using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;

namespace Pipeline.Steps.Train;

public enum DocumentJoining
{
    Joined,
    Separate,
}

/// <summary>Trains a new language model on token shards.</summary>
public sealed class Pretrain : TrainStep<Pretrain.With, Pretrain.Given, Pretrain.Made>
{
    public record With : TrainParams
    {
        [Description("The shape of a new model; null is that of the defaults. With the input `model` there is none to choose.")]
        public ModelParams? Model { get; init; }

        [Description("With the input `model`: tokens of a training sequence, at most as many as the model can see; null: all of them.")]
        [Engine.Authoring.Range(2, 1_048_576)]
        public int? Context { get; init; }

        [Description("With the input `mix`: how often each is trained on, first `tokens`, then those of `mix` in their order; each above 0, as only the ratios count. Empty: as their numbers of sequences are.")]
        [Engine.Authoring.Range(0)]
        public IReadOnlyList<double> Weights { get; init; } = [];

        [Description("What it is trained to predict.")]
        public ObjectiveParams Objective { get; init; } = new();

        [Description("joined: documents follow one another as one text. separate: no token sees or is trained to predict another document than its own.")]
        public DocumentJoining Documents { get; init; } = DocumentJoining.Joined;
    }

    public sealed record Given
    {
        [Description("Tokens to train on, and of the validation part to measure on; the test part is not read.")]
        public required Splits<TokenShards> Tokens { get; init; }

        [Description("The tokenizer they were made with; it goes with the model.")]
        public required Artifact<Tokenizer> Tokenizer { get; init; }

        [Description("A model to go on with instead of a new one; it has the same tokenizer.")]
        public Artifact<Model>? Model { get; init; }

        [Description("Of train.prune: weights that are set to 0 and stay there.")]
        public Artifact<Mask>? Mask { get; init; }

        [Description("More tokens to train on, of the same tokenizer; measured is `tokens` alone.")]
        public ArtifactList<TokenShards> Mix { get; init; } = new([]);
    }

    public sealed record Made
    {
        [Description("The trained model.")]
        public required Output<Model> Model { get; init; }

        [Description("Loss, learning rate and gradient norm of each step, and each validation.")]
        public required Output<TrainingLog> Log { get; init; }
    }

    public override string Name => "train.pretrain";
    public override int Version => 3;
    public override string Description => "Trains a new model on token shards: to predict the next token, or on another objective.";

    protected override IEnumerable<(string Option, string Message)> Check(With with) => Problems(with);

    protected override IEnumerable<(string Option, string Message)> Check(With with, IReadOnlyDictionary<string, int> given) => Unfit(with, given);

    /// <summary>What is wrong with the options alone.</summary>
    internal static IEnumerable<(string Option, string Message)> Problems(With with)
    {
        foreach (var problem in with.Problems()) yield return problem;
        foreach (var problem in with.Model is { } model ? model.Problems().Concat(Unfit(with, model.Config(vocabulary: 1))) : []) yield return problem;
        if (with.Weights.Count > 0 && PretrainData.Problem(with.Weights) is { } wrong) yield return ("weights", wrong);
    }

    /// <summary>What is wrong with them beside these inputs.</summary>
    internal static IEnumerable<(string Option, string Message)> Unfit(With with, IReadOnlyDictionary<string, int> given)
    {
        var (goesOn, sets) = (given.ContainsKey("model"), given.GetValueOrDefault("mix"));
        foreach (var problem in goesOn || with.Model is not null ? [] : Unfit(with, new ModelParams().Config(vocabulary: 1))) yield return problem;
        if (goesOn && with.Model is not null) yield return ("model", "shapes a new model, and the input 'model' has its own shape: leave out one of them");
        if (!goesOn && with.Context is not null) yield return ("context", "goes with the input 'model'; a new model has model.context");
        if (sets == 0 && with.Weights.Count > 0) yield return ("weights", "goes with the input 'mix'");
        if (sets > 0 && with.Weights.Count is var weights and > 0 && weights != sets + 1) yield return ("weights", $"has {weights} weights for {sets + 1} sets of tokens: first 'tokens', then those of 'mix'");
    }

    protected override StepEstimate Estimate(With with, Foreseen given)
    {
        var goesOn = given.Input("model");
        var vocabulary = goesOn is null ? VocabularyForecast.Of(given.Input("tokens", "train"), given.Input("tokenizer")) : default;
        var model = goesOn is not null ? ModelForecast.Of(goesOn) : vocabulary.Tokens is { } tokens ? new((with.Model ?? new()).Config(tokens), vocabulary.AtMost) : null;
        return TrainEstimates.Of(model, (goesOn ?? given.Input("tokenizer"))?.Step ?? "", with, config => with.Objective.Task(config).Row(Math.Min(with.Context ?? config.Context, config.Context)), given);
    }

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        using var data = new PretrainData(inputs, measured: with.Validation.Every > 0);
        var tokenizer = TokenizerReader.Read(inputs.Tokenizer.Locate(ModelFiles.TokenizerFile));
        var specials = TokenizerSpecials.Of(tokenizer, with.Objective.WholeWords == true);
        TrainingSession.OnRanks(ranks =>
        {
            using var model = inputs.Model is { } given ? Continued(given, inputs, data, Path.Combine(context.Workspace, $"given-{ranks.Rank}"), with.Device) : LanguageModel.Initialise((with.Model ?? new()).Config(data.Vocabulary), with.Seed, with.Device.Open());
            ModelFiles.Hold(model, inputs.Mask);
            var length = with.Context ?? model.Config.Context;
            if (length > model.Config.Context) throw new StepFailedException($"context is {length}, and the model sees at most {model.Config.Context} tokens.");
            if (Unfit(with, model.Config).ToList() is [_, ..] unfit) throw new StepFailedException(string.Join(' ', unfit.Select(problem => $"'{problem.Option}': {problem.Message}.")));
            var task = with.Objective.Task(model.Config);
            using var objective = new NextToken(model, with.Objective.Loss(task));
            using var tokens = data.Open();
            var examples = OfTokenizer(() => task.Examples(tokens.Windows(length, with), model.Config, length, specials, with.Seed));
            var validation = tokens.Held is { } held ? Rows(task.Measured(held, model.Config, length, specials, with.Validation.Sequences == 0 ? long.MaxValue : with.Validation.Sequences)) : null;
            var result = TrainingSession.Train(model, objective, Rows(examples), validation, with, ranks, context, outputs.Log, with.Samples?.Of(model, tokenizer, chat: false, prefix: task.Task == TokenTask.Prefix), with.Monitor && validation is not null ? TargetBytes.PerToken(validation, tokenizer) : null);
            if (ranks.Rank != 0) return;
            ModelFiles.Write(model, inputs.Tokenizer.Locate(ModelFiles.TokenizerFile), outputs.Model.Folder);
            TrainingSession.Report(result, model, ranks, context);
            if (task.HasPerplexity && result.Validation.Count > 0) context.Metric("validation.perplexity", Math.Exp(result.Validation[0].Value));
        });
        return Task.CompletedTask;

        IExamples<TokenBatch> Rows(IExamples<TokenBatch> joined) => with.Documents == DocumentJoining.Joined ? joined : new SeparateDocuments(joined, data.EndOfText);
    }

    /// <summary>What of the options a model of this shape cannot be trained on.</summary>
    private static IEnumerable<(string Option, string Message)> Unfit(With with, ModelConfig config)
    {
        foreach (var problem in with.Objective.Problems(config)) yield return problem;
        if (with.Trainable.Freeze.Count > 0 && config.Faults.Count == 0 && with.Trainable.Problem([.. config.Layout().Select(parameter => parameter.Name)]) is { } frozen) yield return ("trainable.freeze", frozen);
        if (with.Samples is not null && !config.Causal) yield return ("samples", $"architecture {config.Architecture} sees what follows and cannot go on with a text: leave it out, or choose another");
        if (with.Documents != DocumentJoining.Separate) yield break;
        if (with.Objective.Task(config).Task != TokenTask.Causal) yield return ("documents", "separate is read by objective causal alone: leave it out, or choose causal");
        else if (!config.Reads.HasFlag(BatchParts.Segments)) yield return ("documents", $"architecture {config.Architecture} cannot keep documents apart: leave it out, or choose gpt or llama");
    }

    /// <summary>What an objective needs and the tokenizer lacks is for the reader of the message to change.</summary>
    internal static IExamples<TokenBatch> OfTokenizer(Func<IExamples<TokenBatch>> examples)
    {
        try
        {
            return examples();
        }
        catch (ArgumentException lacking)
        {
            throw new StepFailedException(lacking.Message, lacking);
        }
    }

    private static LanguageModel Continued(Artifact<Model> given, Given inputs, PretrainData data, string scratch, TrainDevice device)
    {
        if (!File.ReadAllBytes(given.Locate(ModelFiles.TokenizerFile)).AsSpan().SequenceEqual(File.ReadAllBytes(inputs.Tokenizer.Locate(ModelFiles.TokenizerFile))))
            throw new StepFailedException("The model has another tokenizer than the input 'tokenizer'. Encode the tokens with the model's own (train.import gives it as an output), or import the model for the other one (its input 'tokenizer').");
        var model = ModelFiles.Read(given, scratch, device);
        if (model.Config.Vocabulary >= data.Vocabulary) return model;
        model.Dispose();
        throw new StepFailedException($"The tokens have a vocabulary of {data.Vocabulary} and the model one of {model.Config.Vocabulary}: import it with resize: {{ rows: mean }}.");
    }

    /// <param name="what">The tokens, for the message where they are too few.</param>
    internal static TokenFile Open(TokenShard shard, string what, string remedy) => shard.Header.TokenCount >= 2
        ? new(shard.Path, TokenShardHeader.TokensOffset, shard.Header.TokenCount, shard.Header.BytesPerToken, shard.Header.VocabularySize)
        : throw new StepFailedException($"{char.ToUpperInvariant(what[0])}{what[1..]} has {shard.Header.TokenCount} tokens, and predicting one from another takes at least 2: {remedy}.");
}
