using Pipeline.Training.Schedules;

namespace Pipeline.Training.Tests;

public sealed class LearningRateTests
{
    [Theory]
    // Computed by nanoGPT's get_lr with learning_rate 1e-3, min_lr 1e-4, warmup_iters 100, lr_decay_iters 2000.
    [InlineData(0, 9.900990099009901e-06)]
    [InlineData(99, 0.0009900990099009901)]
    [InlineData(100, 0.001)]
    [InlineData(575, 0.000868198051533946)]
    [InlineData(1050, 0.00055)]
    [InlineData(2000, 0.0001)]
    public void Cosine_is_nanoGPTs(long step, double expected) =>
        Assert.Equal(expected, new LearningRate { Peak = 1e-3, Final = 1e-4, WarmUp = 100 }.At(step, 2000), 1e-12);

    [Fact]
    public void Linear_and_constant_are_what_they_say()
    {
        var linear = new LearningRate { Peak = 1, Final = 0.5, Decay = Decay.Linear };
        Assert.Equal([1, 0.75, 0.5], new[] { linear.At(0, 10), linear.At(5, 10), linear.At(10, 10) });
        var constant = new LearningRate { Peak = 1, Decay = Decay.Constant, WarmUp = 3 };
        Assert.Equal([0.25, 0.5, 0.75, 1, 1], Enumerable.Range(0, 5).Select(step => constant.At(step, 5)));
    }

    [Fact]
    public void A_schedule_of_its_own_length_does_not_depend_on_the_steps_of_the_run()
    {
        var rate = new LearningRate { Peak = 1, Final = 0.5, Decay = Decay.Linear, DecayUntil = 10 };
        Assert.Equal([1, 0.75, 0.5, 0.5], new[] { rate.At(0, 3), rate.At(5, 8), rate.At(10, 20), rate.At(19, 20) });
        Assert.Throws<ArgumentException>(() => (rate with { WarmUp = 11 }).Checked(20));
        Assert.Throws<ArgumentException>(() => (rate with { Decay = Decay.Constant, Final = 0 }).Checked(20));
        Assert.Equal(20, (rate with { WarmUp = 9 }).Checked(5).At(0, 5) * 200, 1e-9);
    }

    [Theory]
    [InlineData(null, new[] { 0.25, 0.5, 0.75, 1, 1, 1, 1, 1, 0.75, 0.5 })]
    [InlineData(DecayShape.Sqrt, new[] { 0.25, 0.5, 0.75, 1, 1, 1, 1, 1, 0.5 + 0.5 * (1 - 0.7071067811865476), 0.5 })]
    public void Wsd_warms_up_stays_and_falls(DecayShape? shape, double[] expected)
    {
        var rate = new LearningRate { Peak = 1, Final = 0.5, WarmUp = 3, Decay = Decay.Wsd, DecayUntil = 9, DecayShare = 0.2, DecayShape = shape }.Checked(100);
        for (var step = 0; step < expected.Length; step++)
            Assert.Equal(expected[step], rate.At(step, 100), 1e-12);
        Assert.Contains("begins at step 7 of 9", Assert.Throws<ArgumentException>(() => (rate with { WarmUp = 8 }).Checked(100)).Message);
    }

    [Fact]
    public void Inverse_square_root_meets_the_peak_and_does_not_depend_on_the_steps()
    {
        var rate = new LearningRate { Peak = 2, WarmUp = 3, Decay = Decay.InverseSqrt }.Checked(20);
        Assert.Equal([0.5, 1, 1.5, 2, 1, 0.5], new[] { 0, 1, 2, 3, 15, 63 }.Select(step => rate.At(step, step + 1)));
    }

    [Fact]
    public void What_a_schedule_does_not_read_is_refused()
    {
        foreach (var decay in Enum.GetValues<Decay>().Where(decay => decay != Decay.Wsd))
        {
            Assert.Throws<ArgumentException>(() => new LearningRate { Decay = decay, DecayShare = 0.1 }.Checked(10));
            Assert.Throws<ArgumentException>(() => new LearningRate { Decay = decay, DecayShape = DecayShape.Linear }.Checked(10));
        }
        Assert.Throws<ArgumentException>(() => new LearningRate { Decay = Decay.InverseSqrt, Final = 1e-4 }.Checked(10));
        Assert.Throws<ArgumentException>(() => new LearningRate { Decay = Decay.InverseSqrt, DecayUntil = 5 }.Checked(10));
    }

    [Theory]
    [InlineData(0, 0, 0, Decay.Cosine)]
    [InlineData(double.NaN, 0, 0, Decay.Cosine)]
    [InlineData(1, 2, 0, Decay.Cosine)]
    [InlineData(1, 0, 11, Decay.Cosine)]
    [InlineData(1, 0.5, 0, Decay.Constant)]
    public void Schedules_without_meaning_are_refused(double peak, double final, long warmUp, Decay decay) =>
        Assert.Throws<ArgumentException>(() => new LearningRate { Peak = peak, Final = final, WarmUp = warmUp, Decay = decay }.Checked(10));
}
