using System.ComponentModel;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;
using Pipeline.Training.Objectives;

namespace Pipeline.Steps.Train;

/// <summary>Fine-tunes a model on conversations: a loss on what the assistant says and on the end of its turns, none on the rest.</summary>
public sealed class Instruct : TrainStep<Instruct.With, Instruct.Given, Instruct.Made>
{
    public sealed record With : TrainParams;

    public sealed record Given
    {
        [Description("The model to start from.")]
        public required Artifact<Model> Model { get; init; }

        [Description("Conversations to train on, and of the validation part to measure on; the test part is not read.")]
        public required Splits<Conversations> Conversations { get; init; }

        [Description("Of train.prune: weights that are set to 0 and stay there.")]
        public Artifact<Mask>? Mask { get; init; }
    }

    public sealed record Made
    {
        [Description("The fine-tuned model.")]
        public required Output<Model> Model { get; init; }

        [Description("Loss, learning rate and gradient norm of each step, and each validation.")]
        public required Output<TrainingLog> Log { get; init; }
    }

    public override string Name => "train.instruct";
    public override int Version => 3;
    public override string Description => "Fine-tunes a model to answer, by supervised learning on conversations with the loss on the answers only.";

    protected override StepEstimate Estimate(With with, Foreseen given) =>
        TrainEstimates.Of(ModelForecast.Of(given.Input("model")), given.Input("model")?.Step ?? "", with, config => new TokenTaskOptions(TokenTask.Causal).Row(config.Context), given, shorter: true);

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var tokenizer = ModelFiles.Tokenizer(inputs.Model);
        TrainingSession.OnRanks(ranks =>
        {
            using var model = ModelFiles.Read(inputs.Model, Path.Combine(context.Workspace, $"given-{ranks.Rank}"), with.Device);
            ModelFiles.Hold(model, inputs.Mask);
            var (train, tooLong) = EncodedConversations.Read(inputs.Conversations.Train, "train", tokenizer, model.Config.Context);
            using var objective = new NextToken(model);
            var measured = with.Validation.Every == 0 ? null : new Training.Batches.Conversations(EncodedConversations.Spread(EncodedConversations.Read(inputs.Conversations.Validation, "validation", tokenizer, model.Config.Context).Examples, with.Validation.Sequences), model.Config.Vocabulary, model.Config.Context);
            var result = TrainingSession.Train(
                model,
                objective,
                new Training.Batches.Conversations(train, model.Config.Vocabulary, model.Config.Context),
                measured,
                with,
                ranks,
                context,
                outputs.Log,
                with.Samples?.Of(model, tokenizer, chat: true),
                with.Monitor && measured is not null ? TargetBytes.PerToken(measured, tokenizer) : null);
            if (ranks.Rank != 0) return;
            ModelFiles.Write(model, inputs.Model.Locate(ModelFiles.TokenizerFile), outputs.Model.Folder);
            context.Metric("train.conversations", train.Count);
            context.Metric("train.too_long", tooLong);
            TrainingSession.Report(result, model, ranks, context);
        });
        return Task.CompletedTask;
    }
}
