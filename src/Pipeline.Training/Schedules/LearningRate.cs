namespace Pipeline.Training.Schedules;

public enum Decay
{
    Constant,
    Linear,
    Cosine,
}

/// <summary>The learning rate as a pure function of the step (from 0): linear warm-up to <see cref="Peak"/>, then decay to <see cref="Final"/> at <see cref="DecayUntil"/>.</summary>
public sealed record LearningRate
{
    public double Peak { get; init; } = 1e-3;

    /// <summary>Not read by <see cref="Decay.Constant"/>.</summary>
    public double Final { get; init; }

    public long WarmUp { get; init; }

    public Decay Decay { get; init; } = Decay.Cosine;

    /// <summary>The step at which the decay has reached <see cref="Final"/>, which stays from then on. Null: the last one, so that a run of another length has other rates from its first decay on.</summary>
    public long? DecayUntil { get; init; }

    /// <summary>nanoGPT: Peak·(step+1)/(WarmUp+1), then Final + (1+cos πr)/2 · (Peak-Final), r the share of the remaining steps.</summary>
    public double At(long step, long steps)
    {
        if (step < WarmUp)
            return Peak * (step + 1) / (WarmUp + 1);
        if (Decay == Decay.Constant)
            return Peak;
        var end = DecayUntil ?? steps;
        if (step >= end)
            return Final;
        var ratio = (double)(step - WarmUp) / (end - WarmUp);
        var share = Decay == Decay.Cosine ? 0.5 * (1 + Math.Cos(Math.PI * ratio)) : 1 - ratio;
        return Final + share * (Peak - Final);
    }

    public LearningRate Checked(long steps)
    {
        if (Peak is not (> 0 and < double.PositiveInfinity))
            throw new ArgumentException($"The learning rate is {Peak}, but must be above 0.");
        if (Final is not >= 0 || Final > Peak)
            throw new ArgumentException($"The final learning rate is {Final}, but must be from 0 to the peak of {Peak}.");
        if (Decay == Decay.Constant && Final != 0 && Final != Peak)
            throw new ArgumentException($"A constant learning rate of {Peak} never reaches the final one of {Final}: leave that out or choose a decay.");
        if (Decay == Decay.Constant && DecayUntil is not null)
            throw new ArgumentException($"A constant learning rate does not decay until step {DecayUntil}: leave that out or choose a decay.");
        if (WarmUp < 0 || WarmUp > (DecayUntil ?? steps))
            throw new ArgumentException($"The warm-up of {WarmUp} steps must be from 0 to the {DecayUntil ?? steps} steps of the {(DecayUntil is null ? "run" : "schedule")}.");
        return this;
    }
}
