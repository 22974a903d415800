using System.Globalization;
using Pipeline.Training.Exporting;
using Pipeline.Training.Models;

namespace Pipeline.Training.Verification;

/// <summary>Invariant 6: a model that is written and read again is the same, in every parameter's bits and in its logits.</summary>
static class ExportedModel
{
    const string Name = "exported and imported again is the same";

    /// <param name="trial">The model after a step, so that no parameter is as it began.</param>
    /// <param name="folder">Empty; written to.</param>
    /// <param name="read">Null: as every step reads a model.</param>
    public static Finding Check(Trial trial, string folder, Func<string, LanguageModel>? read = null)
    {
        using var model = trial.Model(trial.Config);
        using (var objective = trial.Objective(model, trial.Loss))
            new Trainer<Batches.TokenBatch>(model.Parameters, objective, trial.Examples, null, trial.Options with { Steps = 1, LearningRate = new() { Peak = 1e-2, WarmUp = 0 }, ValidateEvery = 0, EarlyStopping = null }).Run();
        ModelFolder.Write(folder, model, new(null, null, null));
        using var stored = (read ?? (path => ModelFolder.Read(path)))(folder);
        var logits = ModelFolder.LargestDifference(model, stored);
        var other = model.Parameters.Views.Zip(stored.Parameters.Views).Zip(model.Parameters.Names)
            .Where(pair => !pair.First.First.cpu().data<float>().ToArray().AsSpan().SequenceEqual(pair.First.Second.cpu().data<float>().ToArray())).Select(pair => pair.Second).ToList();
        return new(6, Name, logits == 0 && other.Count == 0, string.Create(CultureInfo.InvariantCulture,
            $"logits differ by at most {logits:0.0e+0}; {(other.Count == 0 ? $"all {model.Parameters.Names.Count} parameters have the same bits" : $"other bits in {string.Join(", ", other.Take(3))}{(other.Count > 3 ? $" and {other.Count - 3} more" : "")}")}"));
    }
}
