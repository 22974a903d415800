using System.Diagnostics;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Planning;

namespace Pipeline.Cli.Screens;

/// <summary>One plain line an event, stable enough to grep; progress at most every five seconds a step.</summary>
internal sealed class PlainScreen(TextWriter output, OpenedPipeline opened) : Screen
{
    private readonly Dictionary<string, (long Said, long Started)> progress = new(StringComparer.Ordinal);
    private readonly HashSet<string> running = new(StringComparer.Ordinal);

    public override void On(RunEvent happened)
    {
        switch (happened)
        {
            case RunEvent.RunStarted started:
                var plan = started.Plan;
                output.WriteLine($"{started.Definition.Name} · run {started.Run} · {plan.Decisions.Count} steps: {plan.Count<Decision.Reuse>()} reused, {plan.Count<Decision.Run>()} to run, {plan.Count<Decision.Maybe>()} maybe{(plan.Count<Decision.Skip>() is > 0 and var skipped ? $", {skipped} skipped" : "")}");
                break;
            case RunEvent.StepStarted started:
                running.Add(started.Step.Id);
                progress[started.Step.Id] = (Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp());
                output.WriteLine($"run      {started.Step.Id}: {started.Reason}");
                if (started.Notice.Length > 0) output.WriteLine($"note     {started.Step.Id}: {started.Notice}");
                break;
            case RunEvent.StepWaits waits:
                output.WriteLine($"wait     {waits.Step.Id}: for {waits.For}");
                break;
            case RunEvent.StepRetries again:
                output.WriteLine($"retry    {again.Step.Id}: {StepLine.Retry(again)}");
                break;
            case RunEvent.StepProgressed moved when progress.TryGetValue(moved.Step.Id, out var last) && Stopwatch.GetElapsedTime(last.Said) > TimeSpan.FromSeconds(5):
                progress[moved.Step.Id] = (Stopwatch.GetTimestamp(), last.Started);
                output.WriteLine($"         {moved.Step.Id}: {StepLine.Progress(moved.Progress, Stopwatch.GetElapsedTime(last.Started))}");
                break;
            case RunEvent.StepFinished finished:
                // A no-op names its steps at the end, in one table.
                if (finished.Outcome.State != StepState.Reused || running.Count > 0) output.WriteLine(StepLine.Plain(finished.Outcome));
                break;
            case RunEvent.RunFinished finished:
                RunEnding.Print(output, finished.Summary, opened);
                break;
        }

        output.Flush();
    }
}
