namespace Pipeline.Training;

/// <param name="Steps">Taken, also before a resumption.</param>
/// <param name="Epochs">How often all of the examples have been trained on.</param>
/// <param name="Loss">Of the last step.</param>
/// <param name="Validation">Figures of the parameters that the model is left with, the loss first; empty without validation.</param>
/// <param name="BestStep">After which the validation loss was lowest; with early stopping the model is left with its parameters. The last one without validation.</param>
/// <param name="TokensPerSecond">In this process, without validation and checkpoints.</param>
/// <param name="Times">What the steps' time went to.</param>
public sealed record TrainingResult(long Steps, double Epochs, double? Loss, IReadOnlyList<Figure> Validation, long BestStep, bool StoppedEarly, double TokensPerSecond, StepTimes Times);
