using Pipeline.Training.Checkpoints;

namespace Pipeline.Training;

/// <summary>How far the validation loss stands above the training loss, and whether the model learns its data by heart: the validation loss has risen at each of the last <see cref="Rises"/> validations
/// while the training loss, smoothed over about 50 steps, fell over the same.</summary>
sealed class OverfitWatch(TrainingState state)
{
    const int Rises = 3;
    const double Weight = 0.02;

    readonly List<double> validation = [.. state.RecentValidations], training = [.. state.TrainingAtValidations];
    double? smoothed = state.SmoothedLoss;

    public bool Overfits { get; private set; }

    public void Stepped(double loss) => smoothed = smoothed is { } mean ? mean + Weight * (loss - mean) : loss;

    /// <summary>The gap in nats, and 1 for a model that overfits; nothing before the first step.</summary>
    public IReadOnlyList<Figure> Validated(double loss)
    {
        if (smoothed is not { } mean)
            return [];
        validation.Add(loss);
        training.Add(mean);
        if (validation.Count > Rises + 1)
        {
            validation.RemoveAt(0);
            training.RemoveAt(0);
        }
        Overfits = validation.Count > Rises && training[^1] < training[0] && validation.Zip(validation.Skip(1)).All(pair => pair.Second > pair.First);
        return [new("gap", loss - mean), new("overfit", Overfits ? 1 : 0)];
    }

    public TrainingState Into(TrainingState state) => state with { SmoothedLoss = smoothed, RecentValidations = [.. validation], TrainingAtValidations = [.. training] };
}
