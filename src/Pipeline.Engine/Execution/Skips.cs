using Pipeline.Engine.Definitions;
using Pipeline.Engine.Planning;

namespace Pipeline.Engine.Execution;

/// <summary>Which steps of a run end without being started, and why.</summary>
/// <param name="outcomes">Those of the steps that have ended, as the run goes on.</param>
internal sealed class Skips(StepGraph graph, IReadOnlyDictionary<string, StepOutcome> outcomes, IReadOnlyDictionary<string, Decision> planned, RunOptions options)
{
    /// <summary>For a step held back by another one, by a failure or by Ctrl-C; null where nothing holds it back.</summary>
    /// <param name="failed">A step of the run has failed.</param>
    public StepOutcome? Held(StepDefinition step, bool failed, CancellationToken cancellation)
    {
        var above = Candidates.Indispensable(graph, graph[step.Id], IsExcused).ToList();
        var missing = above.Where(d => outcomes[d].Result is null).ToList();
        // What went wrong is named before what was meant to be skipped.
        if (missing.Find(d => !outcomes[d].Excused) is { } cause) return Skipped(step, $"{cause} {(outcomes[cause] switch { { WaitsForApproval: true } => "waits for approval", { State: StepState.Skipped } => "was skipped", { Failure.Cause: FailureCause.Cancelled } => "was cancelled", _ => "failed" })}");
        if (missing.Count > 0 && AllLost(graph[step.Id]) is { } loss) return new(step, StepState.Failed, "", null, 0, null, new(FailureCause.Step, loss, ""), "");
        if (missing.Count > 0) return Excused(step, Skipping.Below(missing[0], outcomes[missing[0]].Skipped!, "was"));
        if (above.Select(id => Skipping.ByGate(graph[id], outcomes[id].Result!)).FirstOrDefault(s => s is not null) is { } stopped) return Excused(step, stopped);
        if (cancellation.IsCancellationRequested) return Skipped(step, "cancelled");
        // What is already in the store may still be named after a failure; only new work is held back.
        return failed && !options.KeepGoing && planned[step.Id] is not (Decision.Reuse or Decision.Skip) ? Skipped(step, "another step failed") : null;
    }

    /// <summary>What to say where every trial that was left to a search has failed; else null.</summary>
    private string? AllLost(StepDefinition step)
    {
        if (step.Type.DoesWithout is not { } port) return null;
        var trials = step.Inputs.Where(i => i.Port == port).Select(i => i.Step).Distinct().ToList();
        var lost = trials.Where(t => outcomes[t].Skipped is { HasLost: true }).ToList();
        if (lost.Count == 0 || trials.Exists(t => outcomes[t].Result is not null)) return null;
        return $"no trial is left: {(lost.Count == 1 ? "" : $"all {lost.Count} failed, the first ")}{lost[0]}: {outcomes[lost[0]].Skipped!.Reason}";
    }

    /// <summary>A trial that failed has lost: the run goes on without it. Null for all else.</summary>
    public static StepOutcome? Loss(StepOutcome outcome) =>
        outcome.Step.Rung is not null && outcome.Failure is { Cause: FailureCause.Step or FailureCause.Diverged or FailureCause.Crash or FailureCause.OutOfMemory or FailureCause.Timeout } failure
            ? Excused(outcome.Step, new($"lost: {failure.Message}", PassedOn: false) { HasLost = true }) with { Seconds = outcome.Seconds, Key = outcome.Key, Attempts = outcome.Attempts }
            : null;

    /// <summary>For a step whose <c>when</c> does not hold, whose rounds have ended, or asks for what is not there.</summary>
    public StepOutcome? ByCondition(StepDefinition step)
    {
        if (Whens.Missing(step, Metrics) is { } missing) return new(step, StepState.Failed, "", null, 0, null, new(FailureCause.Step, missing, ""), "");
        return Whens.SkipReason(step, Metrics) is { } reason ? Excused(step, reason) : null;
    }

    /// <summary>Skipped as the pipeline says.</summary>
    public bool IsExcused(string step) => outcomes[step].Excused;

    private IReadOnlyDictionary<string, double> Metrics(string step) => outcomes[step].Result!.Metrics;

    public static StepOutcome Excused(StepDefinition step, Skipping why) => Skipped(step, why.Reason) with { Skipped = why };

    private static StepOutcome Skipped(StepDefinition step, string reason) => new(step, StepState.Skipped, reason, null, 0, null, null, "");
}
