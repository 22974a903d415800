namespace Pipeline.Training.Objectives;

/// <summary>What is added to the cross-entropy while training; what is measured stays the plain cross-entropy, with these beside it.</summary>
public sealed record TokenLossOptions
{
    /// <summary>The share of each target that is spread evenly over the vocabulary (Szegedy et al. 2016).</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Times the mean of logsumexp², which keeps logits from drifting (Chowdhery et al. 2022 take 1e-4).</summary>
    public double ZLoss { get; init; }

    /// <summary>Whether the share of targets that are the most probable token is measured.</summary>
    public bool Accuracy { get; init; }

    public TokenLossOptions Checked()
    {
        if (LabelSmoothing is not (>= 0 and < 1))
            throw new ArgumentException($"label smoothing is {LabelSmoothing}, but must be at least 0 and below 1.");
        if (ZLoss is not (>= 0 and < double.PositiveInfinity))
            throw new ArgumentException($"z-loss is {ZLoss}, but must be at least 0.");
        return this;
    }
}
