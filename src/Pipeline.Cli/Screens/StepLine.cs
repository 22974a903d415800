using Pipeline.Engine.Authoring;
using Pipeline.Engine.Execution;

namespace Pipeline.Cli.Screens;

/// <summary>One step in one line.</summary>
internal static class StepLine
{
    public static string Plain(StepOutcome outcome) => outcome.State switch
    {
        StepState.Ran => $"done     {outcome.Step.Id}: {Text.Duration(outcome.Seconds)}  {outcome.Result!.Summary}".TrimEnd(),
        StepState.Reused => $"reused   {outcome.Step.Id}: {outcome.Reason}",
        StepState.Failed => $"failed   {outcome.Step.Id}: {outcome.Failure!.Message}",
        _ => $"skipped  {outcome.Step.Id}: {outcome.Reason}",
    };

    public static string Retry(RunEvent.StepRetries again) =>
        $"attempt {again.Attempt} of {again.Step.Retry.Attempts} failed, the next begins in {Text.Duration(again.Wait.TotalSeconds)}: {again.Failure.Message}";

    /// <summary><c>820/1500 steps  loss 3.41  eta 0:41 min</c></summary>
    public static string Progress(StepProgress progress, TimeSpan elapsed)
    {
        var parts = new List<string> { progress.Total > 0 ? $"{Text.Number(progress.Done)}/{Text.Number(progress.Total)} {progress.Unit}" : $"{Text.Number(progress.Done)} {progress.Unit}" };
        if (progress.Note.Length > 0) parts.Add(progress.Note);
        if (progress.Total > progress.Done && progress.Done > 0 && elapsed.TotalSeconds > 2) parts.Add($"eta {Text.Duration(elapsed.TotalSeconds / progress.Done * (progress.Total - progress.Done))}");
        return string.Join("  ", parts);
    }
}
