using System.Text.Json;
using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Schedules;

namespace Pipeline.Training.Tests;

public sealed class TrainerTests
{
    [Fact]
    public void A_model_learns_what_its_data_repeats()
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder);
        using var held = Small.Tokens(folder, 400, seed: 2);
        using var model = LanguageModel.Initialise(Small.Config(), seed: 1);
        using var objective = new NextToken(model);
        var result = new Trainer<TokenBatch>(model.Parameters, objective, new TokenWindows(tokens, Small.Context, 1), new FixedWindows(held, Small.Context),
            Small.Options(150) with { ValidateEvery = 150 }).Run();
        // ln 50 = 3.9 before; the source's own entropy is about 1.6.
        Assert.InRange(result.Validation[0].Value, 1.0, 2.2);
    }

    [Fact]
    public void The_loss_falls_as_it_did_when_this_was_written()
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder);
        using var model = LanguageModel.Initialise(Small.Config(), seed: 1);
        using var objective = new NextToken(model);
        new Trainer<TokenBatch>(model.Parameters, objective, new TokenWindows(tokens, Small.Context, 1), null, Small.Options(60), new RunFiles(folder["run"], "curve")).Run();
        var losses = File.ReadLines(folder["run/log.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("loss").GetDouble()).ToArray();
        // Other processors round otherwise, so not to the bit.
        foreach (var (step, expected) in new[] { (1, 3.9582), (10, 3.4363), (30, 2.6684) })
            Assert.Equal(expected, losses[step - 1], 0.02);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Micro_batches_add_up_to_the_one_batch(int microBatch)
    {
        var whole = Train(Small.Options() with { Batch = 8 });
        var parts = Train(Small.Options() with { Batch = 8, MicroBatch = microBatch });
        for (var i = 0; i < whole.Length; i++)
            Assert.Equal(whole[i], parts[i], 2e-3f);
    }

    [Fact]
    public void Micro_batches_of_unequal_weight_are_summed_not_averaged()
    {
        var long_ = Small.Conversation(1, prompt: 2, response: 14);
        var brief = Small.Conversation(2, prompt: 12, response: 1);
        float[] Gradient(int microBatch)
        {
            using var model = LanguageModel.Initialise(Small.Config(), seed: 1);
            using var objective = new NextToken(model);
            var options = Small.Options(1) with { Batch = 2, MicroBatch = microBatch, Clip = null, LearningRate = new LearningRate() };
            new Trainer<TokenBatch>(model.Parameters, objective, new Conversations([long_, brief], Small.Vocabulary, Small.Context), null, options).Run();
            return model.Parameters.Gradients.data<float>().ToArray();
        }
        var (one, two) = (Gradient(2), Gradient(1));
        for (var i = 0; i < one.Length; i++)
            Assert.Equal(one[i], two[i], 1e-5f);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_seed_others()
    {
        var options = Small.Options(5);
        Assert.Equal(Train(options, dropout: 0.1), Train(options, dropout: 0.1));
        Assert.NotEqual(Train(options, dropout: 0.1), Train(options with { Seed = 8 }, dropout: 0.1));
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_before_the_weights_are_touched()
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder);
        using var model = LanguageModel.Initialise(Small.Config(), seed: 1);
        model.Parameters["transformer.ln_f.weight"].fill_(float.NaN);
        var before = model.Values();
        using var objective = new NextToken(model);
        var error = Assert.Throws<NonFiniteException>(() =>
            new Trainer<TokenBatch>(model.Parameters, objective, new TokenWindows(tokens, Small.Context, 1), null, Small.Options()).Run());
        Assert.Contains("before step 1 touched the weights: the loss of micro-shard 0 is NaN", error.Message);
        Assert.Equal(before, model.Values());
    }

    [Fact]
    public void Early_stopping_returns_to_the_best_parameters()
    {
        var result = LearntByHeart(Small.Options(2000) with { ValidateEvery = 10, EarlyStopping = new EarlyStopping { Patience = 3 } });
        Assert.True(result.StoppedEarly);
        Assert.Equal(result.Steps - 30, result.BestStep);
    }

    [Fact]
    public void Early_stopping_returns_to_the_lowest_loss_also_where_it_is_too_little_lower_to_wait_for()
    {
        // No loss is lower than the first by a thousand nats.
        var result = LearntByHeart(Small.Options(40) with { ValidateEvery = 10, EarlyStopping = new EarlyStopping { Patience = 3, MinDelta = 1000 } });
        Assert.Equal(30, result.Steps);
        Assert.Equal(30, result.BestStep);
    }

    [Fact]
    public void The_best_step_is_where_the_validation_loss_was_lowest_also_where_nothing_stops_early()
    {
        var result = LearntByHeart(Small.Options(150) with { ValidateEvery = 10 });
        Assert.False(result.StoppedEarly);
        Assert.InRange(result.BestStep, 10, 140);
    }

    /// <summary>So little text is learnt by heart soon, and the held-out loss rises again. The result's figures are those of the model that is left.</summary>
    static TrainingResult LearntByHeart(TrainingOptions options)
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder, 200);
        using var held = Small.Tokens(folder, 400, seed: 2);
        using var model = LanguageModel.Initialise(Small.Config(), seed: 1);
        using var objective = new NextToken(model);
        var validation = new FixedWindows(held, Small.Context);
        var result = new Trainer<TokenBatch>(model.Parameters, objective, new TokenWindows(tokens, Small.Context, 1), validation, options).Run();
        Assert.Equal(result.Validation, Evaluation.Totals.Of(objective, validation, 4).Figures(objective));
        return result;
    }

    [Fact]
    public void Bfloat16_trains_to_about_the_same_loss()
    {
        double Loss(Precision precision)
        {
            using var folder = new TemporaryFolder();
            using var tokens = Small.Tokens(folder);
            using var model = LanguageModel.Initialise(Small.Config(), seed: 1);
            using var objective = new NextToken(model);
            return new Trainer<TokenBatch>(model.Parameters, objective, new TokenWindows(tokens, Small.Context, 1), null, Small.Options(40) with { Precision = precision }).Run().Loss!.Value;
        }
        var (full, half) = (Loss(Precision.Float32), Loss(Precision.Bfloat16));
        Assert.NotEqual(full, half);
        Assert.Equal(full, half, 0.05);
    }

    [Theory]
    [InlineData(0, 4, 0, "steps is 0")]
    [InlineData(5, 4, 3, "micro batch 3 does not divide the batch of 4")]
    [InlineData(2, 4, 0, "warm-up of 3 steps")]
    public void Options_that_cannot_be_run_are_refused_by_name(long steps, int batch, int microBatch, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => (Small.Options(steps) with { Batch = batch, MicroBatch = microBatch }).Checked());
        Assert.Contains(expected, error.Message);
    }

    static float[] Train(TrainingOptions options, double dropout = 0)
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder);
        using var model = LanguageModel.Initialise(Small.Config(dropout), seed: 1);
        using var objective = new NextToken(model);
        new Trainer<TokenBatch>(model.Parameters, objective, new TokenWindows(tokens, Small.Context, 1), null, options).Run();
        return model.Values();
    }
}
