using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Evaluation;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Tests.Families;

namespace Pipeline.Training.Tests;

public sealed class TokenTaskTests
{
    [Theory]
    [InlineData("lstm", TokenTask.Causal, "")]
    [InlineData("lstm", TokenTask.Masked, "lstm sees what stands before it alone: choose bert")]
    [InlineData("gru", TokenTask.Prefix, "gru cannot: choose causal, or gpt or llama")]
    [InlineData("lstm", TokenTask.SpanCorruption, "lstm has none: choose causal, or encoder-decoder or hybrid")]
    [InlineData("bert", TokenTask.Masked, "")]
    [InlineData("bert", TokenTask.Causal, "bert sees all of a row: choose masked")]
    [InlineData("bert", TokenTask.SequenceToSequence, "bert sees all of a row: choose masked")]
    [InlineData("hybrid-gru", TokenTask.SequenceToSequence, "")]
    [InlineData("encoder-decoder", TokenTask.SpanCorruption, "")]
    [InlineData("encoder-decoder", TokenTask.Causal, "without a source: choose sequence_to_sequence or span_corruption")]
    public void A_model_that_cannot_be_trained_on_a_task_is_told_what_it_can(string family, TokenTask task, string expected)
    {
        var misfit = new TokenTaskOptions(task).Misfit(Family.Config(family));
        Assert.Equal(expected.Length == 0, misfit is null);
        Assert.Contains(expected, misfit ?? "");
    }

    [Theory]
    [InlineData("gru", TokenTask.Causal)]
    [InlineData("bert", TokenTask.Masked)]
    [InlineData("encoder-decoder", TokenTask.SequenceToSequence)]
    [InlineData("encoder-decoder", TokenTask.SpanCorruption)]
    public void Every_task_is_trained_and_measured(string family, TokenTask task)
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder, 300, ordinary: 45);
        using var model = LanguageModel.Initialise(Family.Config(family), seed: 1);
        var options = new TokenTaskOptions(task);
        using var objective = new NextToken(model, new TokenLossOptions { LabelSmoothing = 0.1, ZLoss = 1e-4, Accuracy = true });
        var examples = options.Examples(new TokenWindows(tokens, Small.Context, 1), model.Config, Small.Context, Family.Specials, seed: 1);
        var result = new Trainer<TokenBatch>(model.Parameters, objective, examples, options.Measured(tokens, model.Config, Small.Context, Family.Specials, most: 10), Small.Options(4) with { ValidateEvery = 4 }).Run();
        Assert.Equal(["loss", "smoothed_loss", "z_loss", "accuracy"], result.Validation.Select(figure => figure.Name));
        Assert.InRange(result.Validation[0].Value, 1, 5);
        Assert.InRange(result.Validation[3].Value, 0, 1);
    }

    [Fact]
    public void The_default_is_what_a_model_can_be_trained_on() =>
        Assert.All(Family.All.Select(row => Family.Config(row.Data)), config => Assert.Null(new TokenTaskOptions(TokenTaskOptions.DefaultFor(config)).Misfit(config)));

    [Fact]
    public void Perplexity_is_of_models_that_see_one_side_and_the_others_are_measured_on_masked_tokens()
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder, 333, ordinary: 45);
        using var reader = new LanguageModel(Family.Config("encoder-decoder"));
        var quality = LanguageModelQuality.Of(reader, tokens, utf8Bytes: 1000);
        Assert.Equal(Small.Vocabulary, quality.Perplexity, 1e-3);
        Assert.Equal(332, quality.Tokens);

        using var bert = new LanguageModel(Family.Config("bert"));
        Assert.Contains("bert sees both sides", Assert.Throws<ArgumentException>(() => LanguageModelQuality.Of(bert, tokens, 1000)).Message);
        var masked = MaskedQuality.Of(bert, tokens, Family.Specials);
        Assert.Equal(Math.Log(Small.Vocabulary), masked.Loss, 1e-3);
        Assert.Equal(20 * 2 + 2, masked.Tokens);
        Assert.Equal(masked, MaskedQuality.Of(bert, tokens, Family.Specials));
    }
}
