namespace Pipeline.Training;

/// <summary>What the time of a training step goes to.</summary>
public enum StepPart
{
    /// <summary>Waiting for examples, which are read while the step before is computed.</summary>
    Data,

    Forward,

    Backward,

    /// <summary>Adding up over micro-shards and ranks.</summary>
    Sum,

    /// <summary>Norm, clipping, update and average.</summary>
    Optimizer,

    /// <summary>The log, those who watch, and collecting garbage.</summary>
    Rest,
}

/// <summary>Seconds by part over the steps of this process, without validation and checkpoints. On a GPU the forward pass is what starting it takes: its work is waited for in the backward pass.</summary>
public sealed record StepTimes(long Steps, IReadOnlyDictionary<StepPart, double> Seconds)
{
    public double Total => Seconds.Values.Sum();

    /// <summary>Of all the time; 0 before the first step.</summary>
    public double Share(StepPart part) => Total > 0 ? Seconds[part] / Total : 0;
}
