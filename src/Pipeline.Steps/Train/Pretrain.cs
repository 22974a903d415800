using System.ComponentModel;
using Pipeline.Data.Shards;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;
using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;

namespace Pipeline.Steps.Train;

/// <summary>Trains a new language model on token shards.</summary>
public sealed class Pretrain : TrainStep<Pretrain.With, Pretrain.Given, Pretrain.Made>
{
    public sealed record ModelParams
    {
        [Description("gpt: GPT-2's decoder, with learned positions, LayerNorm and GELU.")]
        [Choices("gpt")]
        public string Architecture { get; init; } = "gpt";

        [Description("Blocks.")]
        [Engine.Authoring.Range(1, 1000)]
        public int Layers { get; init; } = 4;

        [Description("Attention heads per block; a divisor of `width`.")]
        [Engine.Authoring.Range(1, 1000)]
        public int Heads { get; init; } = 4;

        [Description("Size of the residual stream.")]
        [Engine.Authoring.Range(1, 65536)]
        public int Width { get; init; } = 128;

        [Description("Most tokens that a prediction can see.")]
        [Engine.Authoring.Range(2, 1_048_576)]
        public int Context { get; init; } = 128;

        [Description("Dropout of embeddings, attention and residual branches.")]
        [Engine.Authoring.Range(0, 0.99)]
        public double Dropout { get; init; }
    }

    public sealed record With : TrainParams
    {
        [Description("The model's shape.")]
        public ModelParams Model { get; init; } = new();
    }

    public sealed record Given
    {
        [Description("Tokens to train on, and of the validation part to measure on; the test part is not read.")]
        public required Splits<TokenShards> Tokens { get; init; }

        [Description("The tokenizer they were made with; it goes with the model.")]
        public required Artifact<Tokenizer> Tokenizer { get; init; }
    }

    public sealed record Made
    {
        [Description("The trained model.")]
        public required Output<Model> Model { get; init; }

        [Description("Loss, learning rate and gradient norm of each step, and each validation.")]
        public required Output<TrainingLog> Log { get; init; }
    }

    public override string Name => "train.pretrain";
    public override int Version => 1;
    public override string Description => "Trains a new language model to predict the next token.";

    protected override IEnumerable<(string Option, string Message)> Check(With with) =>
        with.Model.Width % with.Model.Heads == 0 ? base.Check(with) : [.. base.Check(with), ("model.heads", $"{with.Model.Heads} does not divide the width of {with.Model.Width}")];

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        using var train = TokenShard.Open(inputs.Tokens.Train.Locate("tokens.bin"));
        using var held = TokenShard.Open(inputs.Tokens.Validation.Locate("tokens.bin"));
        var config = new GptConfig(train.Header.VocabularySize, with.Model.Context, with.Model.Layers, with.Model.Heads, with.Model.Width) { Dropout = with.Model.Dropout };
        TrainingSession.OnRanks(ranks =>
        {
            using var trainTokens = Open(train);
            using var heldTokens = Open(held);
            using var model = LanguageModel.Initialise(config, with.Seed);
            using var objective = new NextToken(model);
            var validation = new FixedWindows(heldTokens, config.Context, with.Validation.Sequences == 0 ? long.MaxValue : with.Validation.Sequences);
            var result = TrainingSession.Train(model, objective, new TokenWindows(trainTokens, config.Context, with.Seed), validation, with, ranks, context, outputs.Log);
            if (ranks.Rank != 0) return;
            ModelFiles.Write(model, inputs.Tokenizer.Locate(ModelFiles.TokenizerFile), outputs.Model.Folder);
            TrainingSession.Report(result, model, ranks, context);
            if (result.Validation.Count > 0) context.Metric("validation.perplexity", Math.Exp(result.Validation[0].Value));
        });
        return Task.CompletedTask;
    }

    internal static TokenFile Open(TokenShard shard) => new(shard.Path, TokenShardHeader.TokensOffset, shard.Header.TokenCount, shard.Header.BytesPerToken, shard.Header.VocabularySize);
}
