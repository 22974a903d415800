using System.Globalization;
using Pipeline.Cli.Reports;
using Pipeline.Engine.Execution;

namespace Pipeline.Cli.Screens;

/// <summary>How a run ends on the screen: what each step did, the held-out figures, where things lie, and what to do next.</summary>
internal static class RunEnding
{
    private const int LogLines = 8;

    /// <param name="listSteps">False where the screen has shown each already.</param>
    public static void Print(TextWriter output, RunSummary summary, OpenedPipeline opened, bool listSteps = true)
    {
        var name = opened.Definition.Name;
        var ran = summary.Outcomes.Count(o => o.State == StepState.Ran);
        var reused = summary.Outcomes.Count(o => o.State == StepState.Reused);
        output.WriteLine();
        foreach (var failure in summary.Outcomes.Where(o => o.Failure is not null && !StepLine.IsCancelled(o))) Failure(output, failure, opened);
        if (listSteps && summary.Outcomes.Count <= 60) Steps(output, summary);
        Figures.Print(output, summary);
        if (summary.Status == RunStatus.Succeeded) Places(output, summary, opened);
        foreach (var noted in summary.Outcomes.Where(o => o.Notice.Length > 0)) output.WriteLine($"note: {noted.Step.Id}: {noted.Notice}");
        if (summary.Notice.Length > 0) output.WriteLine($"note: {summary.Notice}");

        var others = summary.Outcomes.Select(StepLine.Word).Where(w => w is not ("ran" or "reused")).GroupBy(w => w).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $", {g.Count()} {g.Key}");
        var counts = $"{ran} ran, {reused} reused{string.Concat(others)}";
        var why = ran == 0 && summary.Status == RunStatus.Succeeded ? ": every recipe is the same as before and every result is in the store" : "";
        output.WriteLine($"{name} {summary.Status.ToString().ToLowerInvariant()} in {Text.Duration(summary.Seconds)}: {counts}{why}");
        Next(output, summary, opened);
    }

    private static void Steps(TextWriter output, RunSummary summary)
    {
        var width = summary.Outcomes.Select(o => o.Step.Id.Length).DefaultIfEmpty().Max();
        foreach (var outcome in summary.Outcomes)
        {
            var mark = outcome.Result is not null ? "✓" : outcome.State == StepState.Failed && !StepLine.IsCancelled(outcome) ? "✗" : "-";
            var time = outcome.State == StepState.Ran ? Text.Duration(outcome.Seconds) : StepLine.Word(outcome);
            output.WriteLine($"  {mark} {outcome.Step.Id.PadRight(width)}  {time,9}  {StepLine.Story(outcome)}".TrimEnd());
        }

        output.WriteLine();
    }

    private static void Failure(TextWriter output, StepOutcome outcome, OpenedPipeline opened)
    {
        var failure = outcome.Failure!;
        output.WriteLine($"✗ {outcome.Step.Id} failed after {Text.Duration(outcome.Seconds)}{(outcome.Attempts > 1 ? $" and {outcome.Attempts} attempts" : "")}: {failure.Message}");
        foreach (var line in LogTail.Of(failure.LogFile, LogLines)) output.WriteLine($"    | {line}");
        if (File.Exists(failure.LogFile)) output.WriteLine($"    log: {opened.Given.Line("logs", outcome.Step.Id)}");
        output.WriteLine($"    go on once it is {(outcome.Step.Approve is not null && failure.Cause == FailureCause.Gate ? "approved" : "mended")} (finished steps are kept): {opened.Given.Line("run")}");
        output.WriteLine();
    }

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
        if (summary.Status == RunStatus.Cancelled) output.WriteLine($"go on: {opened.Given.Line("run")}");
        foreach (var asks in summary.Outcomes.Where(o => o.WaitsForApproval)) output.WriteLine($"{asks.Step.Id} {asks.Reason}; {GivenCommand.Approve(summary.Run, asks.Step.Id, opened.State.Folder)}");
        if (summary.Status == RunStatus.Waiting) output.WriteLine($"then: {opened.Given.Line("run")}");
        if (summary.Status != RunStatus.Succeeded || summary.Outcomes.All(o => o.State == StepState.Reused)) return;
        output.WriteLine($"next: {opened.Given.Line("run")}   (again: all of it is reused)");
        if (Change(summary, opened) is { } change) output.WriteLine($"      {change}   (what a change would run, and why)");
        output.WriteLine($"      {opened.Given.Line("metrics")}");
    }

    /// <summary>The command that plans the last training with half or twice its steps, whichever the file bears.</summary>
    private static string? Change(RunSummary summary, OpenedPipeline opened)
    {
        var train = summary.Outcomes.LastOrDefault(o => o.Step.Type.Name.StartsWith("train.", StringComparison.Ordinal))?.Step;
        if (!long.TryParse(train?.With["steps"]?.ToJsonString(), CultureInfo.InvariantCulture, out var steps)) return null;
        // A trial goes as far as its rungs say.
        var path = $"steps.{(train!.Rung is null ? train.Id : train.Variant!.Step)}.with.steps";
        var fits = new[] { steps / 2, steps * 2 }.Select(n => n.ToString(CultureInfo.InvariantCulture)).FirstOrDefault(n => opened.Given.Allows(opened.Catalog, opened.Definition.File, path, n));
        return fits is null ? null : (opened.Given with { Shared = [.. opened.Given.WithoutSet(path)] }).Line("plan", "--set", $"{path}={fits}");
    }
}
