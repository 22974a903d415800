namespace Pipeline.Training.Verification;

/// <summary>What must hold of every training, checked on one (docs/decisions/verification.md). Each costs a handful of steps.</summary>
public static class Invariants
{
    public const int Count = 9;

    /// <param name="trial">Of a training as it would be run.</param>
    /// <param name="folder">Empty; written to.</param>
    /// <param name="others">As <see cref="OptionsRead.Check"/> takes them.</param>
    /// <param name="turns">What came of <see cref="TrainedTurns"/>; null where there are no conversations.</param>
    /// <returns>One after the other, as they are known.</returns>
    public static IEnumerable<Finding> Check(Trial trial, string folder, IReadOnlyList<(string Option, IReadOnlyList<Trial> Otherwise)> others, Finding? turns = null)
    {
        yield return FirstPreferenceLoss.Check(trial);
        yield return new(2, "adapters begin as nothing and merge without loss", null, "this training has no adapter");
        yield return PackedDocuments.Check(trial);
        yield return SharedStep.Check(trial);
        yield return ResumedRun.Check(trial, Path.Combine(folder, "resumed"));
        yield return ExportedModel.Check(trial, Path.Combine(folder, "exported"));
        yield return turns ?? new(7, TrainedTurns.Name, null, "there are no conversations among its inputs");
        yield return OptimizerFormula.Check(trial.Options.Optimizer, trial.Options.LearningRate.Peak);
        yield return OptionsRead.Check(trial, others);
    }
}
