using Pipeline.Training.Models;
using Pipeline.Training.Optimizers;
using Pipeline.Training.Schedules;

namespace Pipeline.Training;

public enum Precision
{
    Float32,

    /// <summary>Matrix products in bfloat16 under autocast; parameters, optimiser and loss stay float32.</summary>
    Bfloat16,
}

/// <summary>Stop when the validation loss has not fallen by <see cref="MinDelta"/> for <see cref="Patience"/> validations, and return to the best parameters.</summary>
public sealed record EarlyStopping
{
    public int Patience { get; init; } = 5;

    public double MinDelta { get; init; }
}

/// <summary>How a model is trained. With the data these decide every bit of the result; what only decides how it is watched and saved stands last.</summary>
public sealed record TrainingOptions
{
    public required long Steps { get; init; }

    /// <summary>Examples per optimiser step.</summary>
    public int Batch { get; init; } = 16;

    /// <summary>Examples per forward and backward pass, which bounds memory; a divisor of <see cref="Batch"/>. 0: the whole batch.</summary>
    public int MicroBatch { get; init; }

    public OptimizerOptions Optimizer { get; init; } = new AdamWOptions();

    public Trainable Trainable { get; init; } = new();

    public LearningRate LearningRate { get; init; } = new();

    /// <summary>The greatest gradient norm; null does not clip.</summary>
    public double? Clip { get; init; } = 1.0;

    /// <summary>Leave out the update of a step whose loss or gradient norm is 6 standard deviations above the last 128.</summary>
    public bool SkipSpikes { get; init; }

    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>Decay of the moving average of the parameters, which is then validated and what the model is left with; null: the parameters themselves.</summary>
    public double? AverageDecay { get; init; }

    /// <summary>Log the norm of the weights and of each update beside each loss, and beside each validation the gap to the training loss and whether the model overfits.</summary>
    public bool Monitor { get; init; }

    /// <summary>Of the validation targets' UTF-8, for bits per byte; null where it is unknown. Read where <see cref="Monitor"/> is set.</summary>
    public double? BytesPerToken { get; init; }

    /// <summary>Validate before the first step, every so many steps, and after the last. 0: never.</summary>
    public long ValidateEvery { get; init; }

    public long Seed { get; init; }

    /// <summary>Of libtorch. Another number sums in another order and so gives other bits.</summary>
    public int Threads { get; init; } = 2;

    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>Keep only what each layer reads, and compute the rest again in the backward pass (Chen et al. 2016): less memory for about a third more time, and the same bits.</summary>
    public bool ActivationCheckpointing { get; init; }

    /// <summary>0: never by step.</summary>
    public long CheckpointEverySteps { get; init; }

    public TimeSpan? CheckpointEvery { get; init; }

    public int MicroShardSize => MicroBatch == 0 ? Batch : MicroBatch;

    public int MicroShards => Batch / MicroShardSize;

    public TrainingOptions Checked()
    {
        var errors = new List<string>();
        if (Steps < 1)
            errors.Add($"steps is {Steps}, but must be at least 1");
        if (Batch < 1)
            errors.Add($"batch is {Batch}, but must be at least 1");
        if (MicroBatch < 0 || (MicroBatch > 0 && Batch % MicroBatch != 0))
            errors.Add($"micro batch {MicroBatch} does not divide the batch of {Batch}");
        if (Clip is not (null or > 0))
            errors.Add($"clip is {Clip}, but must be above 0, or left out not to clip");
        if (ValidateEvery < 0 || CheckpointEverySteps < 0 || CheckpointEvery < TimeSpan.Zero)
            errors.Add("an interval is negative");
        if (EarlyStopping is { } stopping && (stopping.Patience < 1 || stopping.MinDelta is not >= 0))
            errors.Add($"early stopping needs a patience of at least 1 and a min delta of at least 0, not {stopping.Patience} and {stopping.MinDelta}");
        if (EarlyStopping is not null && ValidateEvery == 0)
            errors.Add("early stopping needs validation: set the interval");
        if (AverageDecay is not (null or (> 0 and < 1)))
            errors.Add($"the average's decay is {AverageDecay}, but must be above 0 and below 1");
        if (Threads < 1)
            errors.Add($"threads is {Threads}, but must be at least 1");
        if (errors.Count > 0)
            throw new ArgumentException("This training cannot be run: " + string.Join("; ", errors) + ".");
        Optimizer.Check();
        LearningRate.Checked(Steps);
        return this;
    }
}
