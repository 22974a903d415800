using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Evaluation;
using Pipeline.Training.Models;
using Pipeline.Training.Sampling;

namespace Pipeline.Training.Tests;

public sealed class EvaluationTests
{
    [Fact]
    public void A_model_that_knows_nothing_has_the_vocabularys_size_as_perplexity()
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder, 333);
        using var model = new LanguageModel(Small.Config());
        var quality = LanguageModelQuality.Of(model, tokens, utf8Bytes: 1000, batch: 7);
        Assert.Equal(Small.Vocabulary, quality.Perplexity, 1e-3);
        Assert.Equal(332, quality.Tokens);
        Assert.Equal(332 * Math.Log2(Small.Vocabulary) / 1000, quality.BitsPerByte, 1e-5);
    }

    [Fact]
    public void The_unigram_baseline_is_computed_from_smoothed_counts()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["train"], [0, 0, 0, 0, 1, 0]);
        File.WriteAllBytes(folder["test"], [2, 0, 0, 0, 2, 0]);
        using var train = new TokenFile(folder["train"], 0, 3, 2, 3);
        using var test = new TokenFile(folder["test"], 0, 3, 2, 3);
        // Counts 2, 1, 0 of 3 with one added to each: 3/6 and 1/6.
        var expected = -(Math.Log(3.0 / 6) + Math.Log(1.0 / 6)) / 2;
        Assert.Equal(expected, UnigramBaseline.Of(train, test, 3, utf8Bytes: 3).Loss, 1e-12);
    }

    [Fact]
    public void Preference_is_measured_by_sums_and_per_token()
    {
        using var model = new LanguageModel(Small.Config());
        // Knowing nothing, each token costs ln 50: the shorter answer wins by sums, and per token all are equal.
        var pairs = new[] { new PreferencePair(Small.Conversation(1, response: 3), Small.Conversation(2, response: 5)) };
        var quality = PreferenceQuality.Of(model, pairs);
        Assert.Equal(1, quality.Accuracy);
        Assert.Equal(2 * Math.Log(50), quality.Margin, 1e-3);
        Assert.Equal(0, quality.NormalisedMargin, 1e-5);
    }

    [Fact]
    public void Generation_repeats_itself_under_a_seed_and_stops_where_told()
    {
        using var model = LanguageModel.Initialise(Small.Config(), seed: 3);
        IReadOnlyList<int> Sample(long seed, params int[] stop) => Generator.Continue(model, [1, 2, 3], new GenerationOptions { MaxTokens = 30, Seed = seed, StopTokens = stop });
        var sample = Sample(1);
        Assert.Equal(30, sample.Count);
        Assert.Equal(sample, Sample(1));
        Assert.NotEqual(sample, Sample(2));
        Assert.All(sample, id => Assert.InRange(id, 0, Small.Vocabulary - 1));
        Assert.Equal(sample.TakeWhile(id => id != sample[10]), Sample(1, sample[10]));
    }

    [Fact]
    public void Greedy_takes_the_most_probable_and_so_does_top_1()
    {
        using var model = LanguageModel.Initialise(Small.Config(), seed: 3);
        var greedy = Generator.Continue(model, [5], new GenerationOptions { MaxTokens = 20, Temperature = 0 });
        Assert.Equal(greedy, Generator.Continue(model, [5], new GenerationOptions { MaxTokens = 20, TopK = 1, Seed = 9 }));
        Assert.Throws<ArgumentException>(() => Generator.Continue(model, [5], new GenerationOptions { Temperature = 0, TopK = 4 }));
        Assert.Throws<ArgumentException>(() => Generator.Continue(model, [], new GenerationOptions()));
        Assert.Throws<ArgumentException>(() => Generator.Continue(model, [50], new GenerationOptions()));
    }
}
