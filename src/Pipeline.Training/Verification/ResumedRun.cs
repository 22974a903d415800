using Pipeline.Training.Checkpoints;

namespace Pipeline.Training.Verification;

/// <summary>Invariant 5: a run that was stopped and resumed, and one that went further later, end with the bits of one that did neither: parameters, what checkpoints keep of optimiser and averages, and the log.</summary>
static class ResumedRun
{
    const string Name = "resumed is uninterrupted";
    const int Steps = 8, CheckpointEvery = 3, StopAfter = 5;

    /// <param name="trial">With its dropout.</param>
    /// <param name="folder">Empty; written to.</param>
    public static Finding Check(Trial trial, string folder)
    {
        var options = trial.Options with { Steps = Steps, CheckpointEverySteps = CheckpointEvery, CheckpointEvery = null, EarlyStopping = null, ValidateEvery = 0 };
        // The schedule of the whole training: what follows the number of steps is not to follow that of a shorter run.
        var rate = options.LearningRate;
        options = options with { LearningRate = rate.Ends ? rate with { DecayUntil = rate.DecayUntil ?? trial.Options.Steps } : rate with { WarmUp = Math.Min(rate.WarmUp, StopAfter) } };
        RunFiles Files(string name) => new(Path.Combine(folder, name), "verification");
        var whole = trial.Run(options, Files("whole"));
        trial.Run(options, Files("stopped"), stopAfter: StopAfter);
        var resumed = trial.Run(options, Files("stopped"));
        trial.Run(options with { Steps = StopAfter }, Files("longer"));
        var longer = trial.Run(options, Files("longer"));
        var faults = Faults(folder, "stopped", whole, resumed, Steps - CheckpointEvery).Concat(Faults(folder, "longer", whole, longer, Steps - StopAfter)).ToList();
        return new(5, Name, faults.Count == 0, faults.Count == 0 ? $"{Steps} steps, stopped after {StopAfter} and resumed from {CheckpointEvery}, and {StopAfter} steps prolonged to {Steps}: the same bits of parameters, optimiser and log" : string.Join("; ", faults));
    }

    static IEnumerable<string> Faults(string folder, string name, Trained whole, Trained other, int taken)
    {
        if (other.Steps.Count != taken)
            yield return $"{name}: took {other.Steps.Count} steps instead of the last {taken}";
        if (!whole.HasTheBitsOf(other))
            yield return $"{name}: {whole.Parameters.Zip(other.Parameters).Count(pair => pair.First != pair.Second)} of {whole.Parameters.Length} parameters have other bits";
        var (expected, log) = (File.ReadAllText(Path.Combine(folder, "whole", RunFiles.Log)), File.ReadAllText(Path.Combine(folder, name, RunFiles.Log)));
        if (expected != log)
            yield return $"{name}: its log differs from line {1 + expected.Split('\n').Zip(log.Split('\n')).TakeWhile(pair => pair.First == pair.Second).Count()} on";
        string Tensors(string run) => Path.Combine(folder, run, RunFiles.Checkpoints, new CheckpointFolder(Path.Combine(folder, run, RunFiles.Checkpoints)).Folder(Steps), CheckpointFolder.Tensors);
        if (!File.ReadAllBytes(Tensors("whole")).AsSpan().SequenceEqual(File.ReadAllBytes(Tensors(name))))
            yield return $"{name}: its last checkpoint has other bytes";
    }
}
