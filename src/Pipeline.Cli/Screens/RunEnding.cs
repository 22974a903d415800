using Pipeline.Engine.Execution;

namespace Pipeline.Cli.Screens;

/// <summary>How a run ends on the screen: what each step did, the held-out figures, where things lie, and what to do next.</summary>
internal static class RunEnding
{
    public static void Print(TextWriter output, RunSummary summary, OpenedPipeline opened)
    {
        var name = opened.Definition.Name;
        var ran = summary.Outcomes.Count(o => o.State == StepState.Ran);
        var reused = summary.Outcomes.Count(o => o.State == StepState.Reused);
        output.WriteLine();
        foreach (var failure in summary.Outcomes.Where(o => o.Failure is not null)) Failure(output, failure, opened);
        if (summary.Outcomes.Count <= 60) Steps(output, summary);
        Figures.Print(output, summary);
        if (summary.Status == RunStatus.Succeeded) Places(output, summary, opened);
        foreach (var noted in summary.Outcomes.Where(o => o.Notice.Length > 0)) output.WriteLine($"note: {noted.Step.Id} ran as {noted.Notice}");

        var skipped = summary.Outcomes.Count - ran - reused - summary.Outcomes.Count(o => o.State == StepState.Failed);
        var counts = $"{ran} ran, {reused} reused{(skipped > 0 ? $", {skipped} skipped" : "")}";
        var why = ran == 0 && summary.Status == RunStatus.Succeeded ? ": every recipe is the same as before and every result is in the store" : "";
        output.WriteLine($"{name} {summary.Status.ToString().ToLowerInvariant()} in {Text.Duration(summary.Seconds)}: {counts}{why}");
        Next(output, summary, opened);
    }

    private static void Steps(TextWriter output, RunSummary summary)
    {
        var width = summary.Outcomes.Select(o => o.Step.Id.Length).DefaultIfEmpty().Max();
        foreach (var outcome in summary.Outcomes)
        {
            var (mark, time) = outcome.State switch
            {
                StepState.Ran => ("✓", Text.Duration(outcome.Seconds)),
                StepState.Reused => ("✓", "reused"),
                StepState.Failed => ("✗", "failed"),
                _ => ("-", "skipped"),
            };
            var text = outcome.Result?.Summary is { Length: > 0 } did ? did : outcome.State == StepState.Ran ? "" : outcome.Reason;
            output.WriteLine($"  {mark} {outcome.Step.Id.PadRight(width)}  {time,9}  {text}".TrimEnd());
        }

        output.WriteLine();
    }

    private static void Failure(TextWriter output, StepOutcome outcome, OpenedPipeline opened)
    {
        var failure = outcome.Failure!;
        var file = Path.GetRelativePath(Directory.GetCurrentDirectory(), opened.Definition.File);
        output.WriteLine($"✗ {outcome.Step.Id} failed after {Text.Duration(outcome.Seconds)}{(outcome.Attempts > 1 ? $" and {outcome.Attempts} attempts" : "")}: {failure.Message}");
        foreach (var line in Tail(failure.LogFile)) output.WriteLine($"    | {line}");
        if (File.Exists(failure.LogFile)) output.WriteLine($"    log: pipeline logs {file} {outcome.Step.Id}");
        output.WriteLine($"    go on once it is mended (finished steps are kept): pipeline run {file}");
        output.WriteLine();
    }

    private static IEnumerable<string> Tail(string log) => File.Exists(log) ? File.ReadLines(log).TakeLast(8) : [];

    private static void Places(TextWriter output, RunSummary summary, OpenedPipeline opened)
    {
        var any = false;
        foreach (var outcome in summary.Outcomes.Where(o => o.Result is not null))
        {
            foreach (var port in outcome.Step.Outputs.Where(Deliverables.Includes))
            {
                var folder = Deliverables.Publish(opened.State, opened.Definition, outcome.Step.Id, outcome.Result!.Outputs[port.Name]);
                output.WriteLine($"{port.Kind.Name.ToLowerInvariant(),-7} {Path.GetRelativePath(Directory.GetCurrentDirectory(), folder)}");
                any = true;
            }
        }

        if (any) output.WriteLine();
    }

    private static void Next(TextWriter output, RunSummary summary, OpenedPipeline opened)
    {
        if (summary.Status != RunStatus.Succeeded || summary.Outcomes.All(o => o.State == StepState.Reused)) return;
        var file = Path.GetRelativePath(Directory.GetCurrentDirectory(), opened.Definition.File);
        output.WriteLine($"next: pipeline run {file}   (again: all of it is reused)");
        if (summary.Outcomes.LastOrDefault(o => o.Step.Type.Name.StartsWith("train.", StringComparison.Ordinal)) is { } train)
            output.WriteLine($"      pipeline plan {file} --set steps.{train.Step.Id}.with.steps=50   (what a change would run, and why)");
        output.WriteLine($"      pipeline metrics {file}");
    }
}
