using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Estimates;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Optimizers;
using Pipeline.Training.Tests.Families;

namespace Pipeline.Training.Tests.Estimates;

/// <summary>Estimates beside what is really made. How near the activations come is in benchmarks/results/training-memory.md.</summary>
public sealed class TrainingEstimateTests
{
    static readonly OptimizerOptions[] Optimizers = [new AdamWOptions(), new MuonOptions(), new LionOptions(), new AdafactorOptions(), new LambOptions(), new LarsOptions(), new SgdOptions(), new SgdOptions { Momentum = 0 }];

    public static TheoryData<string> All => [.. Small.Decoders.Keys, "llama, biases, untied", .. Family.All.Select(row => row.Data)];

    static ModelConfig Config(string name) => name == "llama, biases, untied" ? Small.Llama() with { AttentionBias = true, Tied = false } : Small.Decoders.GetValueOrDefault(name) ?? Family.Config(name);

    [Theory, MemberData(nameof(All))]
    public void Parameters_and_states_are_those_of_the_model(string name)
    {
        var config = Config(name);
        using var model = new LanguageModel(config);
        var own = config.Layout().Zip(model.Parameters.Views).Sum(each => each.Second.numel() - (each.First.VocabularyRows ? each.Second.numel() / config.PaddedVocabulary * (config.PaddedVocabulary - config.Vocabulary) : 0));
        model.Parameters.PrepareForTraining();
        foreach (var options in Optimizers)
        {
            using var optimizer = options.Create(model.Parameters);
            var estimate = Of(config, Small.Options() with { Optimizer = options });
            Assert.Equal(own, estimate.Parameters);
            Assert.Equal(4.0 * model.Parameters.Values.numel(), estimate.Memory.Weights);
            Assert.Equal(4.0 * model.Parameters.Gradients.numel(), estimate.Memory.Gradients);
            Assert.Equal(4.0 * optimizer.State.Sum(state => state.Value.numel()), estimate.Memory.Optimizer);
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Activations_are_of_a_micro_batch_and_smaller_in_bfloat16(string name)
    {
        var config = Config(name);
        var (whole, half) = (Of(config, Small.Options() with { Batch = 64 }), Of(config, Small.Options() with { Batch = 64, MicroBatch = 32 }));
        // The gradient of the largest matrix is there but once.
        var once = 4.0 * config.Layout().Max(each => each.Elements);
        Assert.Equal(whole.Memory.Activations - once, 2 * (half.Memory.Activations - once), 1.0);
        Assert.Equal(whole.FlopsPerStep, half.FlopsPerStep);
        if (config.Segments > 3)
            Assert.True(Of(config, Small.Options() with { Batch = 64, ActivationCheckpointing = true }).Memory.Activations < whole.Memory.Activations);
        Assert.True(KeptActivations.OfRow(config, Row(config)).Bytes(Precision.Bfloat16) < KeptActivations.OfRow(config, Row(config)).Bytes(Precision.Float32));
    }

    [Fact]
    public void A_gpt_block_keeps_sixteen_widths_a_token_and_nothing_beside_the_logits()
    {
        // Norms 2, their results 2, queries, keys and values 3, attention 1, feed-forward 4 + 4; embedding 1, last norm 2.
        var config = new GptConfig(64, 10, Layers: 3, Heads: 2, Width: 32);
        Assert.Equal(4 * 10 * 32 * (3 * 16 + 3), KeptActivations.OfRow(config, new(10, 0, 10)).Bytes(Precision.Float32));
        // Of attention weights three tensors, and three copies of its inputs; noise of two residual branches and of the embedding.
        Assert.Equal(4 * 10 * (32 * (3 * (16 + 3 + 2) + 4) + 3 * 3 * 2 * 10), KeptActivations.OfRow(config with { Dropout = 0.1 }, new(10, 0, 10)).Bytes(Precision.Float32));
    }

    [Fact]
    public void Flops_are_six_times_the_weights_and_twelve_times_what_attention_looks_at()
    {
        // PaLM, appendix B: 6N + 12·L·H·Q·T, N = 12·L·C² + 13·L·C + 2·C and the embedding, by hand.
        var config = new GptConfig(1000, 64, Layers: 2, Heads: 4, Width: 32);
        long n = 1000 * 32 + 2 * (12 * 32 * 32 + 13 * 32) + 2 * 32;
        var estimate = TrainingEstimate.Of(config, new(48, 0, 48), Small.Options() with { Batch = 4 }, rowsPerExample: 2);
        Assert.Equal(6.0 * n + 12.0 * 2 * 4 * 8 * 48, estimate.FlopsPerToken);
        Assert.Equal(estimate.FlopsPerToken * 4 * 2 * 48, estimate.FlopsPerStep);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    [InlineData(8, 2)]
    [InlineData(9, 3)]
    public void Copies_are_counted(int shards, int waiting)
    {
        var options = Small.Options() with { Batch = 2 * shards, MicroBatch = 2 };
        var weights = Of(Small.Config(), options).Memory.Weights;
        Assert.Equal(waiting * weights, Of(Small.Config(), options).Memory.Copies);
        Assert.Equal((waiting + 3) * weights, Of(Small.Config(), options with { AverageDecay = 0.9, EarlyStopping = new(), ValidateEvery = 1, Monitor = true }).Memory.Copies);
    }

    [Theory]
    [InlineData(TokenTask.Causal, "gpt")]
    [InlineData(TokenTask.Masked, "bert")]
    [InlineData(TokenTask.SpanCorruption, "encoder-decoder")]
    [InlineData(TokenTask.SequenceToSequence, "encoder-decoder")]
    public void A_row_has_the_shape_that_batches_have(TokenTask task, string family)
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder);
        var options = new TokenTaskOptions(task) { MeanSpan = 2 };
        var batch = options.Examples(new TokenWindows(tokens, Small.Context, 1), Config(family), Small.Context, Family.Specials, seed: 1).Read([new Place(0, 0), new Place(0, 1), new Place(0, 2)]);
        var row = options.Row(Small.Context);
        Assert.Equal((row.Columns, row.Source), (batch.Columns, (batch.Source?.Length ?? 0) / 3));
        Assert.Equal(row.Targets, batch.Weight / 3, 1.0);
        Assert.Equal(row.Tokens, (batch.Ids.Length + (batch.Source?.Length ?? 0)) / 3);
    }

    static RowShape Row(ModelConfig config) => new TokenTaskOptions(TokenTaskOptions.DefaultFor(config)).Row(config.Context);

    static TrainingEstimate Of(ModelConfig config, TrainingOptions options) => TrainingEstimate.Of(config, Row(config), options);
}
