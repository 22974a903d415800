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
        var missing = Candidates.Indispensable(graph, graph[step.Id], IsExcused).Where(d => outcomes[d].Result is null).ToList();
        // What went wrong is named before what was meant to be skipped.
        if (missing.Find(d => !outcomes[d].Excused) is { } cause) return Skipped(step, $"{cause} {(outcomes[cause].State == StepState.Skipped ? "was skipped" : "failed")}", excused: false);
        if (missing.Count > 0) return Skipped(step, $"{missing[0]} was skipped", excused: true);
        if (cancellation.IsCancellationRequested) return Skipped(step, "cancelled", excused: false);
        // What is already in the store may still be named after a failure; only new work is held back.
        return failed && !options.KeepGoing && planned[step.Id] is not (Decision.Reuse or Decision.Skip) ? Skipped(step, "another step failed", excused: false) : null;
    }

    /// <summary>For a step whose <c>when</c> does not hold, or asks for what is not there.</summary>
    public StepOutcome? ByCondition(StepDefinition step)
    {
        if (Whens.Missing(step, Metrics) is { } missing) return new(step, StepState.Failed, "", null, 0, null, new(FailureCause.Step, missing, ""), "");
        return Whens.SkipReason(step, Metrics) is { } reason ? Skipped(step, reason, excused: true) : null;
    }

    /// <summary>Skipped as the pipeline says.</summary>
    public bool IsExcused(string step) => outcomes[step].Excused;

    private IReadOnlyDictionary<string, double> Metrics(string step) => outcomes[step].Result!.Metrics;

    private static StepOutcome Skipped(StepDefinition step, string reason, bool excused) => new(step, StepState.Skipped, reason, null, 0, null, null, "") { Excused = excused };
}
