using System.Diagnostics;
using Pipeline.Engine.Execution;

namespace Pipeline.Cli.Screens;

/// <summary>One plain line an event, stable enough to grep; progress at most every five seconds a step.</summary>
internal sealed class PlainScreen(TextWriter output, OpenedPipeline opened) : Screen
{
    private readonly Dictionary<string, (RunningStep Step, long Said)> running = new(StringComparer.Ordinal);
    private bool anyRan;

    public override void On(RunEvent happened)
    {
        switch (happened)
        {
            case RunEvent.RunStarted started:
                output.WriteLine($"{started.Definition.Name} · run {started.Run} · {started.Plan.Decisions.Count} step{(started.Plan.Decisions.Count == 1 ? "" : "s")}: {started.Plan.Counts}");
                break;
            case RunEvent.StepStarted started:
                anyRan = true;
                running[started.Step.Id] = (new(started.Step), Stopwatch.GetTimestamp());
                output.WriteLine($"run      {started.Step.Id}: {started.Reason}");
                if (started.Notice.Length > 0) output.WriteLine($"note     {started.Step.Id}: {started.Notice}");
                break;
            case RunEvent.StepWaits waits:
                output.WriteLine($"wait     {waits.Step.Id}: for {waits.For}");
                break;
            case RunEvent.StepAsks asks:
                output.WriteLine($"approve  {asks.Step.Id}: {StepLine.Asks(asks, opened.State.Folder)}");
                break;
            case RunEvent.StepApproved answered:
                output.WriteLine($"approved {answered.Step.Id}: {answered.Answer.Words}");
                break;
            case RunEvent.StepRetries again:
                output.WriteLine($"retry    {again.Step.Id}: {StepLine.Retry(again)}");
                break;
            case RunEvent.StepProgressed moved when running.TryGetValue(moved.Step.Id, out var step):
                step.Step.Move(moved.Progress);
                if (Stopwatch.GetElapsedTime(step.Said) <= TimeSpan.FromSeconds(5)) break;
                running[moved.Step.Id] = (step.Step, Stopwatch.GetTimestamp());
                output.WriteLine($"         {moved.Step.Id}: {step.Step.Say()}");
                break;
            case RunEvent.RunStopping when running.Count > 0:
                output.WriteLine(StepLine.Stopping(running.Count));
                break;
            case RunEvent.StepFinished finished:
                running.Remove(finished.Outcome.Step.Id);
                // A no-op names its steps at the end, in one table.
                if (finished.Outcome.State != StepState.Reused || anyRan) output.WriteLine(StepLine.Plain(finished.Outcome));
                break;
            case RunEvent.RunFinished finished:
                RunEnding.Print(output, finished.Summary, opened);
                break;
        }

        output.Flush();
    }
}
