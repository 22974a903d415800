namespace Pipeline.Training.Schedules;

public enum Decay
{
    Constant,
    Linear,
    Cosine,

    /// <summary>Warm-up, stable, decay (Hu et al. 2024): constant until a last stretch of <see cref="LearningRate.DecayShare"/>.</summary>
    Wsd,

    /// <summary>Falls as 1/sqrt(step) (Vaswani et al. 2017), whatever the number of steps.</summary>
    InverseSqrt,
}

/// <summary>How the last stretch of <see cref="Decay.Wsd"/> falls, r being the share of it that is over.</summary>
public enum DecayShape
{
    /// <summary>1 - r.</summary>
    Linear,

    /// <summary>1 - sqrt(r) (Hägele et al. 2024).</summary>
    Sqrt,
}

/// <summary>The learning rate as a pure function of the step (from 0): linear warm-up to <see cref="Peak"/>, then decay to <see cref="Final"/> at <see cref="DecayUntil"/>.</summary>
public sealed record LearningRate
{
    const double UsualDecayShare = 0.2;

    public double Peak { get; init; } = 1e-3;

    /// <summary>Not read by <see cref="Decay.Constant"/> and <see cref="Decay.InverseSqrt"/>.</summary>
    public double Final { get; init; }

    public long WarmUp { get; init; }

    public Decay Decay { get; init; } = Decay.Cosine;

    /// <summary>The step at which the decay has reached <see cref="Final"/>, which stays from then on. Null: the last one, so that a run of another length has other rates from its first decay on.</summary>
    public long? DecayUntil { get; init; }

    /// <summary>The part of the schedule over which <see cref="Decay.Wsd"/> falls; null: 0.2. No other reads it.</summary>
    public double? DecayShare { get; init; }

    /// <summary>Null: linear. Read by <see cref="Decay.Wsd"/> alone.</summary>
    public DecayShape? DecayShape { get; init; }

    /// <summary>Whether <see cref="Final"/> and <see cref="DecayUntil"/> are read, and so the number of steps where the latter is null.</summary>
    public bool Ends => Decay is not (Decay.Constant or Decay.InverseSqrt);

    /// <summary>nanoGPT: Peak·(step+1)/(WarmUp+1), then Final + (1+cos πr)/2 · (Peak-Final), r the share of the remaining steps.</summary>
    public double At(long step, long steps)
    {
        if (step < WarmUp)
            return Peak * (step + 1) / (WarmUp + 1);
        if (Decay == Decay.Constant)
            return Peak;
        if (Decay == Decay.InverseSqrt)
            return Peak * Math.Sqrt((WarmUp + 1.0) / (step + 1));
        var end = DecayUntil ?? steps;
        if (step >= end)
            return Final;
        var begin = Decay == Decay.Wsd ? Falls(end) : WarmUp;
        if (step < begin)
            return Peak;
        var ratio = (double)(step - begin) / (end - begin);
        var share = Decay == Decay.Cosine ? 0.5 * (1 + Math.Cos(Math.PI * ratio)) : DecayShape == Schedules.DecayShape.Sqrt ? 1 - Math.Sqrt(ratio) : 1 - ratio;
        return Final + share * (Peak - Final);
    }

    public LearningRate Checked(long steps)
    {
        var end = DecayUntil ?? steps;
        if (Peak is not (> 0 and < double.PositiveInfinity))
            throw new ArgumentException($"The learning rate is {Peak}, but must be above 0.");
        if (Final is not >= 0 || Final > Peak)
            throw new ArgumentException($"The final learning rate is {Final}, but must be from 0 to the peak of {Peak}.");
        if (!Ends && Final != 0 && (Decay != Decay.Constant || Final != Peak))
            throw new ArgumentException($"{Name} never reaches the final learning rate of {Final}: leave that out or choose a decay.");
        if (!Ends && DecayUntil is not null)
            throw new ArgumentException($"{Name} does not decay until step {DecayUntil}: leave that out or choose a decay.");
        if (Decay != Decay.Wsd && (DecayShare ?? (object?)DecayShape) is not null)
            throw new ArgumentException($"{Name} has no last stretch of {DecayShare ?? UsualDecayShare}: leave its share and shape out or choose wsd.");
        if (DecayShare is not (null or (> 0 and <= 1)))
            throw new ArgumentException($"The decay's share is {DecayShare}, but must be above 0 and at most 1.");
        if (WarmUp < 0 || WarmUp > end)
            throw new ArgumentException($"The warm-up of {WarmUp} steps must be from 0 to the {end} steps of the {(DecayUntil is null ? "run" : "schedule")}.");
        if (Overlap(end) is { } overlap)
            throw new ArgumentException($"The warm-up {overlap}.");
        return this;
    }

    /// <summary>What is wrong where the warm-up is not over when the last stretch begins.</summary>
    public string? Overlap(long end) =>
        Decay == Decay.Wsd && WarmUp > Falls(end) ? $"of {WarmUp} steps reaches into the decay, which begins at step {Falls(end)} of {end}: shorten either" : null;

    string Name => $"A schedule of the kind {Decay}";

    long Falls(long end) => end - (long)Math.Ceiling(end * (DecayShare ?? UsualDecayShare));
}
