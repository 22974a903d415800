namespace Pipeline.Training;

/// <summary>One optimiser step as it was taken. <see cref="Loss"/> is per trained token, or per pair.</summary>
public readonly record struct StepReport(long Step, long Steps, double Loss, double LearningRate, double GradientNorm, double TokensPerSecond, TimeSpan Remaining, bool Spike);

/// <summary>Who watches a training run. Called on the training thread: be quick.</summary>
public interface ITrainingObserver
{
    void Resumed(long step);

    void Stepped(in StepReport report);

    /// <param name="step">Steps taken so far.</param>
    /// <param name="figures">The loss first, then what the objective measures beside it, by name.</param>
    void Validated(long step, IReadOnlyList<Figure> figures);

    /// <summary>What the model wrote after a validation.</summary>
    void Sampled(long step, string prompt, string text)
    {
    }

    void Saved(long step);

    /// <summary>Something a person should know, such as a damaged checkpoint that was passed over.</summary>
    void Warned(string message);
}
