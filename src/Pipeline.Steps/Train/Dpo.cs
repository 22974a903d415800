using System.ComponentModel;
using System.Globalization;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;
using Pipeline.Training.Batches;
using Pipeline.Training.Objectives;

namespace Pipeline.Steps.Train;

/// <summary>Aligns a model with preferences, the model as given being the reference.</summary>
public sealed class Dpo : TrainStep<Dpo.With, Dpo.Given, Dpo.Made>
{
    public sealed record With : TrainParams
    {
        [Description("How strongly the model is held to the reference: the higher, the closer it stays.")]
        [Engine.Authoring.Range(1e-6, 100)]
        public double Beta { get; init; } = 0.1;

        [Description("The assumed share of preferences that are the wrong way round.")]
        [Engine.Authoring.Range(0, 0.499)]
        public double LabelSmoothing { get; init; }
    }

    public sealed record Given
    {
        [Description("The model to align; as given it is also the reference.")]
        public required Artifact<Model> Model { get; init; }

        [Description("Preferences to learn, and of the validation part to measure on; the test part is not read.")]
        public required Splits<Preferences> Preferences { get; init; }

        [Description("Of train.prune: weights that are set to 0 and stay there.")]
        public Artifact<Mask>? Mask { get; init; }
    }

    public sealed record Made
    {
        [Description("The aligned model.")]
        public required Output<Model> Model { get; init; }

        [Description("Loss, learning rate and gradient norm of each step, and each validation with accuracy and margin.")]
        public required Output<TrainingLog> Log { get; init; }
    }

    public override string Name => "train.dpo";
    public override int Version => 4;
    public override string Description => "Aligns a model with preferences by direct preference optimisation (DPO).";

    protected override StepEstimate Estimate(With with, Foreseen given) =>
        TrainEstimates.Of(ModelForecast.Of(given.Input("model")), given.Input("model")?.Step ?? "", with, config => new TokenTaskOptions(TokenTask.Causal).Row(config.Context), given, rowsPerExample: 2, shorter: true);

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var tokenizer = ModelFiles.Tokenizer(inputs.Model);
        TrainingSession.OnRanks(ranks =>
        {
            using var model = ModelFiles.Read(inputs.Model, Path.Combine(context.Workspace, $"given-{ranks.Rank}"), with.Device);
            ModelFiles.Hold(model, inputs.Mask);
            var (train, tooLong) = EncodedConversations.Read(inputs.Preferences.Train, "train", tokenizer, model.Config.Context);
            TorchSharp.torch.set_num_threads(with.Threads);
            using var objective = new DirectPreference(model, new() { Beta = with.Beta, LabelSmoothing = with.LabelSmoothing });
            var all = new PreferencePairs(train, model.Config.Vocabulary, model.Config.Context);
            var measured = with.Validation.Every == 0 ? null : new PreferencePairs(EncodedConversations.Spread(EncodedConversations.Read(inputs.Preferences.Validation, "validation", tokenizer, model.Config.Context).Pairs, with.Validation.Sequences), model.Config.Vocabulary, model.Config.Context);
            // The reference's log-probabilities cost a forward pass each: only of the pairs that the steps will come to.
            var reference = ReferenceLogProbabilities.Of(model, all, new DataOrder(with.Seed, all.Count), with.Steps * with.Batch.Sequences);
            var result = TrainingSession.Train(
                model,
                objective,
                all.With(reference, model.Config.Vocabulary),
                measured?.With(ReferenceLogProbabilities.Of(model, measured), model.Config.Vocabulary),
                with,
                ranks,
                context,
                outputs.Log,
                with.Samples?.Of(model, tokenizer, chat: true));
            if (ranks.Rank != 0) return;
            ModelFiles.Write(model, inputs.Model.Locate(ModelFiles.TokenizerFile), outputs.Model.Folder);
            context.Metric("train.preferences", Math.Min(all.Count, with.Steps * with.Batch.Sequences));
            context.Metric("train.too_long", tooLong);
            TrainingSession.Report(result, model, ranks, context);
            var accuracy = result.Validation.FirstOrDefault(f => f.Name == "accuracy");
            if (accuracy.Name is not null) context.Summary += string.Create(CultureInfo.InvariantCulture, $" · reward accuracy {accuracy.Value:0.0%}");
        });
        return Task.CompletedTask;
    }
}
