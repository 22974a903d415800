using Pipeline.Training.Batches;
using Pipeline.Training.Evaluation;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Schedules;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests;

public sealed class DirectPreferenceTests
{
    static readonly PreferencePair[] Pairs = [.. Enumerable.Range(0, 12).Select(Small.Pair)];

    [Theory]
    [InlineData(0.1, 0.0)]
    [InlineData(2.0, 0.2)]
    public void The_loss_is_ln_2_while_the_policy_is_its_reference(double beta, double smoothing)
    {
        using var model = LanguageModel.Initialise(Small.Config(dropout: 0.5), seed: 1);
        var figures = Measure(model, WithReference(model), new PreferenceOptions { Beta = beta, LabelSmoothing = smoothing });
        Assert.Equal(Math.Log(2), figures["loss"], 1e-5);
        Assert.Equal(0, figures["margin"], 1e-5);
    }

    [Fact]
    public void The_loss_equals_a_scalar_reference_and_label_smoothing_applies()
    {
        using var reference = LanguageModel.Initialise(Small.Config(), seed: 1);
        using var policy = LanguageModel.Initialise(Small.Config(), seed: 2);
        var pairs = WithReference(reference);
        var was = ReferenceLogProbabilities.Of(reference, pairs);
        var now = ReferenceLogProbabilities.Of(policy, pairs);
        foreach (var smoothing in new[] { 0.0, 0.3 })
        {
            const double beta = 0.7;
            var expected = was.Zip(now).Average(pair =>
            {
                var h = (pair.Second.Chosen - (double)pair.Second.Rejected) - (pair.First.Chosen - (double)pair.First.Rejected);
                return (1 - smoothing) * Math.Log(1 + Math.Exp(-beta * h)) + smoothing * Math.Log(1 + Math.Exp(beta * h));
            });
            Assert.Equal(expected, Measure(policy, pairs, new PreferenceOptions { Beta = beta, LabelSmoothing = smoothing })["loss"], 1e-4);
        }
    }

    [Fact]
    public void Training_raises_accuracy_and_margin()
    {
        using var model = LanguageModel.Initialise(Small.Config(), seed: 1);
        var pairs = WithReference(model);
        using var objective = new DirectPreference(model, new PreferenceOptions());
        var options = Small.Options(40) with { LearningRate = new LearningRate { Peak = 1e-3, WarmUp = 2 }, ValidateEvery = 40 };
        var result = new Trainer<PairBatch>(model.Parameters, objective, pairs, pairs, options).Run();
        var figures = result.Validation.ToDictionary(figure => figure.Name, figure => figure.Value);
        Assert.InRange(figures["accuracy"], 0.99, 1);
        Assert.InRange(figures["margin"], 0.1, 100);
        Assert.InRange(figures["loss"], 0, 0.6);
        Assert.InRange(PreferenceQuality.Of(model, Pairs).NormalisedAccuracy, 0.8, 1);
    }

    [Fact]
    public void Reference_log_probabilities_are_those_of_the_response_alone()
    {
        using var model = LanguageModel.Initialise(Small.Config(), seed: 1);
        using var scope = NewDisposeScope();
        var example = Pairs[0].Chosen;
        var ids = example.Ids.ToArray();
        var logits = model.Logits(tensor(ids.Select(id => (long)id).ToArray(), [1, ids.Length]));
        var logs = nn.functional.log_softmax(logits, -1);
        double expected = 0;
        for (var i = 1; i < ids.Length; i++)
            expected += example.Trained.Span[i] ? logs[0, i - 1, ids[i]].item<float>() : 0;
        Assert.Equal(expected, ReferenceLogProbabilities.Of(model, new PreferencePairs(Pairs, Small.Vocabulary, Small.Context))[0].Chosen, 1e-3);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.1, 0.5)]
    [InlineData(0.1, -0.1)]
    [InlineData(double.NaN, 0)]
    public void Options_without_meaning_are_refused(double beta, double smoothing) =>
        Assert.Throws<ArgumentException>(() => new PreferenceOptions { Beta = beta, LabelSmoothing = smoothing }.Checked());

    static PreferencePairs WithReference(LanguageModel model)
    {
        var pairs = new PreferencePairs(Pairs, Small.Vocabulary, Small.Context);
        return pairs.With(ReferenceLogProbabilities.Of(model, pairs), Small.Vocabulary);
    }

    static Dictionary<string, double> Measure(LanguageModel model, PreferencePairs pairs, PreferenceOptions options)
    {
        using var objective = new DirectPreference(model, options);
        return Totals.Of(objective, pairs, 5).Figures(objective).ToDictionary(figure => figure.Name, figure => figure.Value);
    }
}
