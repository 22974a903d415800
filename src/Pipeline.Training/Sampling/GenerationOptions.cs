namespace Pipeline.Training.Sampling;

public sealed record GenerationOptions
{
    public int MaxTokens { get; init; } = 64;

    /// <summary>0 always takes the most probable token.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Draw among this many most probable tokens; 0: among all.</summary>
    public int TopK { get; init; }

    public long Seed { get; init; }

    /// <summary>Generation ends before any of these, such as end-of-text.</summary>
    public IReadOnlyCollection<int> StopTokens { get; init; } = [];

    public GenerationOptions Checked()
    {
        if (MaxTokens < 1)
            throw new ArgumentException($"The most tokens to generate is {MaxTokens}, but must be at least 1.");
        if (Temperature is not (>= 0 and < double.PositiveInfinity))
            throw new ArgumentException($"The temperature is {Temperature}, but must be at least 0.");
        if (TopK < 0)
            throw new ArgumentException($"top-k is {TopK}, but must be at least 0.");
        if (Temperature == 0 && TopK > 0)
            throw new ArgumentException("At temperature 0 the most probable token is taken, so top-k would be ignored: leave it out or raise the temperature.");
        return this;
    }
}
