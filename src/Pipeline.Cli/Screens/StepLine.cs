using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;

namespace Pipeline.Cli.Screens;

/// <summary>One step in one line.</summary>
internal static class StepLine
{
    /// <summary>What became of it: ran, reused, failed, cancelled or skipped.</summary>
    public static string Word(StepOutcome outcome) => IsCancelled(outcome) ? "cancelled" : outcome.State.ToString().ToLowerInvariant();

    public static bool IsCancelled(StepOutcome outcome) => outcome.Failure?.Cause == FailureCause.Cancelled;

    /// <summary>What it did, or why it did not.</summary>
    public static string Story(StepOutcome outcome) => outcome.State switch
    {
        StepState.Ran => Did(outcome),
        StepState.Reused => outcome.Result!.Summary is { Length: > 0 } did ? did : outcome.Reason,
        StepState.Failed => outcome.Failure!.Message.ReplaceLineEndings(" "),
        _ => outcome.Reason,
    };

    public static string Plain(StepOutcome outcome) => outcome.State switch
    {
        StepState.Ran => $"done     {outcome.Step.Id}: {Text.Duration(outcome.Seconds)}  {Did(outcome)}".TrimEnd(),
        StepState.Reused => $"reused   {outcome.Step.Id}: {outcome.Reason}",
        StepState.Failed when IsCancelled(outcome) => $"stopped  {outcome.Step.Id}: {outcome.Failure!.Message}",
        StepState.Failed => $"failed   {outcome.Step.Id}: {outcome.Failure!.Message}",
        _ => $"skipped  {outcome.Step.Id}: {outcome.Reason}",
    };

    /// <summary>What is asked of a person, and how to answer.</summary>
    public static string Asks(RunEvent.StepAsks asks, StateFolder state) =>
        $"{(asks.Request.Message.Length > 0 ? asks.Request.Message : "may it run?")}   approve: {GivenCommand.Approve(asks.Request.Run, asks.Step.Id, state)}   (or --reject)";

    private static string Did(StepOutcome outcome) => string.Join(" · ", new[] { outcome.Result!.Summary, outcome.Anew }.Where(said => !string.IsNullOrEmpty(said)));

    public static string Retry(RunEvent.StepRetries again) =>
        $"attempt {again.Attempt} of {again.Step.Retry.Attempts} failed, the next begins in {Text.Duration(again.Wait.TotalSeconds)}: {again.Failure.Message}";

    /// <summary>At a signal: what the run waits for.</summary>
    public static string Stopping(int running) => $"stopping: {(running == 1 ? "1 running step is" : $"{running} running steps are")} asked to stop; one that trains writes a checkpoint first";

    /// <param name="first">What was done when it was first heard of, <paramref name="since"/> ago.</param>
    public static string Progress(StepProgress progress, double first, TimeSpan since)
    {
        var parts = new List<string> { progress.Total > 0 ? $"{Text.Number(progress.Done)}/{Text.Number(progress.Total)} {progress.Unit}" : $"{Text.Number(progress.Done)} {progress.Unit}" };
        if (progress.Note.Length > 0) parts.Add(progress.Note);
        if (progress.Total > progress.Done && progress.Done > first && since.TotalSeconds > 2) parts.Add($"eta {Text.Duration(since.TotalSeconds / (progress.Done - first) * (progress.Total - progress.Done))}");
        return string.Join("  ", parts);
    }
}
