using System.Diagnostics;
using System.Diagnostics.Metrics;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Execution;

/// <summary>
/// Makes a run's events into a trace and numbers: a span for the run, one for each step and one for what it waited for. A step's span is current from its <see cref="RunEvent.StepStarted"/> on,
/// in the flow that does the step, so that transfers and workers come below it.
/// </summary>
/// <param name="parent">The span that the run is part of, such as that of a CI job.</param>
public sealed class RunTrace(ActivityContext parent, TimeProvider clock) : IRunObserver
{
    private static readonly Counter<long> Steps = Instruments.Meter.CreateCounter<long>("pipeline.steps", "{step}", "Steps by what became of them.");
    private static readonly Counter<long> Lookups = Instruments.Meter.CreateCounter<long>("pipeline.cache.lookups", "{lookup}", "Steps whose result was found (hit) or not (miss).");
    private static readonly Histogram<double> StepSeconds = Instruments.Meter.CreateHistogram(
        "pipeline.step.duration", "s", "How long steps took that ran.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14400, 43200] });

    private readonly Dictionary<string, Activity?> running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (DateTimeOffset Since, string For)> waiting = new(StringComparer.Ordinal);
    private Activity? run;

    public void On(RunEvent happened)
    {
        switch (happened)
        {
            case RunEvent.RunStarted e:
                run = Instruments.Activities.StartActivity($"run {e.Definition.Name}", ActivityKind.Internal, parent);
                run?.SetTag("pipeline.name", e.Definition.Name).SetTag("pipeline.run", e.Run).SetTag("pipeline.steps", e.Plan.Decisions.Count);
                break;
            case RunEvent.StepWaits e:
                waiting.TryAdd(e.Step.Id, (clock.GetUtcNow(), e.For));
                break;
            case RunEvent.StepAsks e:
                waiting.TryAdd(e.Step.Id, (clock.GetUtcNow(), "approval"));
                break;
            case RunEvent.StepStarted e:
                Start(e);
                break;
            case RunEvent.StepRetries e:
                running.GetValueOrDefault(e.Step.Id)?.AddEvent(new("retry", clock.GetUtcNow(), new() { ["pipeline.step.attempt"] = e.Attempt, ["pipeline.step.cause"] = Causes.Word(e.Failure.Cause), ["exception.message"] = e.Failure.Message }));
                break;
            case RunEvent.StepFinished e:
                Finish(e.Outcome);
                break;
            case RunEvent.RunFinished e:
                run?.SetTag("pipeline.status", Word(e.Summary.Status)).SetStatus(e.Summary.Status == RunStatus.Failed ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
                run?.Stop();
                break;
        }
    }

    private void Start(RunEvent.StepStarted started)
    {
        // A step that lost an input while it ran begins anew, without a word of its end.
        if (running.Remove(started.Step.Id, out var before)) before?.Stop();
        var waited = waiting.Remove(started.Step.Id, out var wait);
        var span = running[started.Step.Id] = Begin(started.Step, waited ? wait.Since : default);
        if (!waited || span is null) return;
        using var child = Instruments.Activities.StartActivity("wait", ActivityKind.Internal, span.Context, startTime: wait.Since);
        child?.SetTag("pipeline.wait.for", wait.For);
    }

    private void Finish(StepOutcome outcome)
    {
        var decision = Word(outcome.State);
        Steps.Add(1, new("pipeline.step.decision", decision), new("pipeline.step.type", outcome.Step.Type.Name));
        if (outcome.State != StepState.Skipped) Lookups.Add(1, new KeyValuePair<string, object?>("pipeline.cache.result", outcome.State == StepState.Reused ? "hit" : "miss"));
        if (outcome.State is StepState.Ran or StepState.Failed) StepSeconds.Record(outcome.Seconds, new("pipeline.step.decision", decision), new("pipeline.step.type", outcome.Step.Type.Name));
        waiting.Remove(outcome.Step.Id);
        if ((running.Remove(outcome.Step.Id, out var span) ? span : Begin(outcome.Step, default)) is not { } step) return;
        step.SetTag("pipeline.step.decision", decision).SetTag("pipeline.step.reason", outcome.Reason).SetTag("pipeline.step.key", outcome.Key).SetTag("pipeline.step.attempts", outcome.Attempts);
        if (outcome.Failure is { } failure) step.SetTag("pipeline.step.cause", Causes.Word(failure.Cause)).SetStatus(ActivityStatusCode.Error, failure.Message);
        step.Stop();
    }

    private Activity? Begin(StepDefinition step, DateTimeOffset since)
    {
        var span = Instruments.Activities.StartActivity($"step {step.Id}", ActivityKind.Internal, run?.Context ?? parent, startTime: since);
        return span?.SetTag("pipeline.step", step.Id).SetTag("pipeline.step.type", step.Type.Name);
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
