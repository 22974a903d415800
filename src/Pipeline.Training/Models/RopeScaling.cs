namespace Pipeline.Training.Models;

/// <summary>RoPE slowed down, so that a model reads longer rows than it was first trained on. As Hugging Face's <c>rope_scaling</c>.</summary>
public abstract record RopeScaling(double Factor)
{
    /// <summary>The angle per place, given the unscaled one.</summary>
    internal abstract double Of(double frequency);

    internal virtual IEnumerable<string> Faults()
    {
        if (Factor is not (>= 1 and < double.PositiveInfinity))
            yield return $"the RoPE scaling's factor is {Factor}, but must be at least 1";
    }
}

/// <summary>All angles divided by the factor (Chen et al. 2023).</summary>
public sealed record LinearRopeScaling(double Factor) : RopeScaling(Factor)
{
    internal override double Of(double frequency) => frequency / Factor;
}

/// <summary>As Llama 3.1: angles that turn at least <paramref name="HighFrequency"/> times within the original context stay, those that turn at most <paramref name="LowFrequency"/> times
/// are divided by the factor, those between are blended.</summary>
public sealed record Llama3RopeScaling(double Factor, double LowFrequency, double HighFrequency, int OriginalContext) : RopeScaling(Factor)
{
    internal override double Of(double frequency)
    {
        var turns = OriginalContext * frequency / (2 * Math.PI);
        var kept = Math.Clamp((turns - LowFrequency) / (HighFrequency - LowFrequency), 0, 1);
        return (1 - kept) * frequency / Factor + kept * frequency;
    }

    internal override IEnumerable<string> Faults()
    {
        foreach (var fault in base.Faults())
            yield return fault;
        if (!(LowFrequency > 0 && HighFrequency > LowFrequency))
            yield return $"the RoPE scaling's frequency factors are {LowFrequency} (low) and {HighFrequency} (high), but the low one must be above 0 and below the high one";
        if (OriginalContext < 1)
            yield return $"the RoPE scaling's original context is {OriginalContext}, but must be at least 1";
    }
}
