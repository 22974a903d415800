using Pipeline.Cli.Comparing;
using Pipeline.Cli.Screens;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Planning;

namespace Pipeline.Cli.Reports;

/// <summary>What a run or a plan says on the page of a CI job, as Markdown.</summary>
internal static class StepSummary
{
    private const int LogLines = 30;
    private const int MostFailures = 20;

    public static void Of(MarkdownPage page, Plan plan, CiArguments.Chosen chosen, OpenedPipeline opened)
    {
        page.Add($"## {MarkdownText.Of(opened.Definition.Name)}: plan\n\n{Counts(plan)}\n\n| | step | why | last time |\n|---|---|---|--:|\n");
        // What would run is what the reader is after; a page that is full has it.
        foreach (var decision in plan.Decisions.OrderBy(d => d is Decision.Reuse or Decision.Skip ? 1 : 0))
        {
            page.Add($"| {decision.Word} | {MarkdownText.Of(decision.Step.Id)} | {MarkdownText.Code(decision.Reason)} | {(decision.Time is { } s ? $"~{Text.Duration(s)}" : "")} |\n");
        }

        var results = plan.Decisions.OfType<Decision.Reuse>().Select(d => (d.Step.Id, d.Step.Type.Name, (Engine.Caching.StepResult?)d.Result)).ToList();
        Metrics(page, chosen, opened, MetricsSide.Of("current results", results));
        if (results.Count < plan.Decisions.Count) page.Add($"\n{Text.Count(plan.Decisions.Count - results.Count, "step")} without a current result: nothing of {(plan.Decisions.Count - results.Count == 1 ? "it" : "them")} is compared.\n");
        page.Add("\n");
    }

    public static void Of(MarkdownPage page, RunSummary summary, CiArguments.Chosen chosen, OpenedPipeline opened)
    {
        var status = summary.Status.ToString().ToLowerInvariant();
        page.Add($"## {MarkdownText.Of(opened.Definition.Name)}: {status}\n\n{string.Join(", ", summary.Outcomes.GroupBy(StepLine.Word).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Count()} {g.Key}"))} in {Text.Duration(summary.Seconds)} · run {MarkdownText.Code(summary.Run)}\n");
        if (summary.Notice.Length > 0) page.Add($"\nNote: {MarkdownText.Of(summary.Notice)}\n");
        Failures(page, summary);
        page.Add("\n| | step | time | |\n|---|---|--:|---|\n");
        foreach (var outcome in summary.Outcomes)
            page.Add($"| {Mark(outcome)} | {MarkdownText.Of(outcome.Step.Id)} | {(outcome.State == StepState.Ran ? Text.Duration(outcome.Seconds) : StepLine.Word(outcome))} | {MarkdownText.Of(StepLine.Story(outcome))} |\n");
        var gates = summary.Outcomes.Where(o => o.Step.Type.Name == "gate" || o.Failure?.Cause == FailureCause.Gate).ToList();
        if (gates.Count > 0) page.Add("\n### Gates\n\n");
        foreach (var gate in gates) page.Add($"- {Mark(gate)} {MarkdownText.Of(gate.Step.Id)}: {MarkdownText.Of(StepLine.Story(gate), 2000)}\n");
        Metrics(page, chosen, opened, MetricsSide.Of("this run", summary.Outcomes.Select(o => (o.Step.Id, o.Step.Type.Name, o.Result))));
        Places(page, summary, opened);
        page.Add("\n");
    }

    /// <summary>That nothing was run, because the pipeline is not what its lock file says.</summary>
    public static void Of(MarkdownPage page, IReadOnlyList<LockDifference> differences, OpenedPipeline opened)
    {
        page.Add($"## {MarkdownText.Of(opened.Definition.Name)}: not what the lock file says\n\nNothing was run.\n\n| step | what differs |\n|---|---|\n");
        foreach (var found in differences) page.Add($"| {MarkdownText.Of(found.Step)} | {MarkdownText.Code(found.What)} |\n");
        page.Add("\n");
    }

    private static string Counts(Plan plan) => $"{Text.Count(plan.Decisions.Count, "step")}: {plan.Counts}{(plan.Seconds is { } total ? $" (~{Text.Duration(total)})" : "")}";

    private static void Failures(MarkdownPage page, RunSummary summary)
    {
        var failures = summary.Outcomes.Where(o => o.Failure is not null && !StepLine.IsCancelled(o)).ToList();
        foreach (var outcome in failures.Take(MostFailures))
        {
            page.Add($"\n### ✗ {MarkdownText.Of(outcome.Step.Id)}\n\n{MarkdownText.Of(outcome.Failure!.Message, 4000)}\n");
            if (LogTail.Of(outcome.Failure.LogFile, LogLines) is { Count: > 0 } tail) page.Add($"\nThe end of its log:\n\n{MarkdownText.Block(tail)}");
        }

        if (failures.Count > MostFailures) page.Add($"\nand {Text.Count(failures.Count - MostFailures, "more failure")}\n");
    }

    private static void Metrics(MarkdownPage page, CiArguments.Chosen chosen, OpenedPipeline opened, MetricsSide now)
    {
        if (chosen.Against is { } reference)
        {
            page.Add("\n### Metrics\n\n");
            try
            {
                // Of a step that has no result now nothing is known; that it is gone would be false.
                var before = MetricsSide.AtRef(opened, reference);
                var ids = opened.Definition.Steps.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
                var known = before with { Steps = before.Steps.Where(s => now.Steps.ContainsKey(s.Key) || !ids.Contains(s.Key)).ToDictionary(StringComparer.Ordinal) };
                page.Add(ComparisonTable.Markdown(MetricsComparison.Of(known, now, opened.Definition.Steps.Select(s => s.Id)), all: false));
                return;
            }
            catch (WrongInputException e)
            {
                page.Add($"Not compared: {MarkdownText.Of(e.Message, 1000)}\n");
            }
        }

        if (now.Steps.Values.All(s => s.Metrics.Count == 0)) return;
        page.Add("\n<details><summary>All metrics</summary>\n\n| step | metric | value |\n|---|---|--:|\n");
        foreach (var (id, step) in opened.Definition.Steps.Where(s => now.Steps.ContainsKey(s.Id)).Select(s => (s.Id, now.Steps[s.Id])))
            foreach (var (name, value) in step.Metrics) page.Add($"| {MarkdownText.Of(id)} | {MarkdownText.Of(name)} | {Text.Number(value)} |\n");
        page.Add("\n</details>\n");
    }

    private static void Places(MarkdownPage page, RunSummary summary, OpenedPipeline opened)
    {
        var places = (from outcome in summary.Outcomes
                      where outcome.Result is not null && summary.Status == RunStatus.Succeeded
                      from port in outcome.Step.Outputs.Where(Deliverables.Includes)
                      let output = outcome.Result!.Outputs[port.Name]
                      let folder = Deliverables.Publish(opened.State, opened.Definition, outcome.Step.Id, output)
                      select $"| {MarkdownText.Of(outcome.Step.Id)} | {MarkdownText.Code(Path.GetRelativePath(Directory.GetCurrentDirectory(), folder))} | {Text.Bytes(output.TotalBytes)} | {MarkdownText.Code(output.Digest[..12])} |\n").ToList();
        if (places.Count > 0) page.Add("\n### Where things lie\n\n| step | folder | size | digest |\n|---|---|--:|---|\n");
        page.Add(places);
        if (opened.State.Cache.Address is { } store) page.Add($"\nShared store: {MarkdownText.Code(store)}{(opened.State.Cache.Writes ? "" : ", only read")}\n");
    }

    private static string Mark(StepOutcome outcome) => outcome.Result is not null ? "✓" : outcome.State == StepState.Failed && !StepLine.IsCancelled(outcome) ? "✗" : "–";
}
