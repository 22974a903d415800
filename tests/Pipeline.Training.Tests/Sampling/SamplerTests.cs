using Pipeline.Training.Sampling;

namespace Pipeline.Training.Tests.Sampling;

public sealed class SamplerTests
{
    // Probabilities 0.4, 0.1, 0.3, 0.2 at temperature 1.
    static readonly double[] Probabilities = [0.4, 0.1, 0.3, 0.2];

    static Dictionary<int, double> Shares(GenerationOptions options, params long[] before)
    {
        const int draws = 20_000;
        var shares = new Dictionary<int, double>();
        for (var made = 0; made < draws; made++)
        {
            var logits = Probabilities.Select(p => (float)Math.Log(p)).ToArray();
            var id = Sampler.Pick(logits, options, before, seed: 1, made);
            shares[id] = shares.GetValueOrDefault(id) + 1.0 / draws;
        }
        return shares;
    }

    static void AssertShares(Dictionary<int, double> shares, params (int Id, double Share)[] expected)
    {
        Assert.Equal(expected.Select(e => e.Id).Order(), shares.Keys.Order());
        Assert.All(expected, e => Assert.Equal(e.Share, shares[e.Id], 0.015));
    }

    [Fact]
    public void Tokens_are_drawn_as_often_as_they_are_probable() => AssertShares(Shares(new()), (0, 0.4), (1, 0.1), (2, 0.3), (3, 0.2));

    [Fact]
    public void Temperature_sharpens_and_flattens()
    {
        AssertShares(Shares(new() { Temperature = 0.5 }), (0, 16 / 30.0), (1, 1 / 30.0), (2, 9 / 30.0), (3, 4 / 30.0));
        AssertShares(Shares(new() { Temperature = 0 }), (0, 1));
    }

    [Fact]
    public void Top_k_top_p_and_min_p_leave_the_most_probable()
    {
        AssertShares(Shares(new() { TopK = 2 }), (0, 4 / 7.0), (2, 3 / 7.0));
        AssertShares(Shares(new() { TopP = 0.65 }), (0, 4 / 7.0), (2, 3 / 7.0));
        AssertShares(Shares(new() { TopP = 0.75 }), (0, 4 / 9.0), (2, 3 / 9.0), (3, 2 / 9.0));
        AssertShares(Shares(new() { TopP = 0.01 }), (0, 1));
        AssertShares(Shares(new() { MinP = 0.45 }), (0, 4 / 9.0), (2, 3 / 9.0), (3, 2 / 9.0));
        AssertShares(Shares(new() { TopK = 3, TopP = 0.5, MinP = 0.1 }), (0, 4 / 7.0), (2, 3 / 7.0));
    }

    [Fact]
    public void A_repetition_penalty_makes_tokens_that_occurred_less_probable_once()
    {
        Assert.Equal(2, Sampler.Pick([2, 1, 1.5f, 0], new() { Temperature = 0, RepetitionPenalty = 1.5 }, [0, 0, 1], 1, 0));
        Assert.Equal(0, Sampler.Pick([2, 1, 1.5f, 0], new() { Temperature = 0, RepetitionPenalty = 1.3 }, [0, 0, 1], 1, 0));
        Assert.Equal(1, Sampler.Pick([-1, -1.5f], new() { Temperature = 0, RepetitionPenalty = 2 }, [0], 1, 0));
    }

    [Fact]
    public void Equal_logits_come_in_the_order_of_their_ids()
    {
        Assert.Equal(1, Sampler.Pick([-1, 0, -0f, -2], new() { TopK = 1 }, [], 1, 0));
        Assert.Equal(1, Sampler.Pick([-1, 0, -0f, -2], new() { Temperature = 0 }, [], 1, 0));
    }
}
