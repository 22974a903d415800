namespace Pipeline.Training.Checkpoints;

/// <summary>Where a run stands, beside its tensors. The learning rate, the data's order and dropout are functions of <see cref="Step"/> and need no state.</summary>
public sealed record TrainingState
{
    /// <summary>Steps taken.</summary>
    public long Step { get; init; }

    /// <summary>Of the last step.</summary>
    public double? Loss { get; init; }

    public double? BestLoss { get; init; }

    public long BestStep { get; init; }

    /// <summary>The validation loss that early stopping measures the next ones against.</summary>
    public double? ToBeat { get; init; }

    /// <summary>Validations since that one.</summary>
    public int Stale { get; init; }

    /// <summary>Of the best validation with early stopping, else of the last one.</summary>
    public IReadOnlyList<Figure> Figures { get; init; } = [];

    /// <summary>Losses and gradient norms of the last steps, oldest first.</summary>
    public IReadOnlyList<double> RecentLosses { get; init; } = [];

    public IReadOnlyList<double> RecentNorms { get; init; } = [];

    /// <summary>The training loss, smoothed over the steps.</summary>
    public double? SmoothedLoss { get; init; }

    /// <summary>Losses of the last validations, oldest first, and the smoothed training losses beside them.</summary>
    public IReadOnlyList<double> RecentValidations { get; init; } = [];

    public IReadOnlyList<double> TrainingAtValidations { get; init; } = [];

    /// <summary>Bytes of the log that belong to these steps, and their SHA-256.</summary>
    public long LogLength { get; init; }

    public string LogDigest { get; init; } = "";

    /// <summary>Of everything that decides the run's bits.</summary>
    public string Identity { get; init; } = "";
}
