using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Planning;

namespace Pipeline.Engine.Execution;

/// <summary>A file that came out otherwise.</summary>
/// <param name="Output">The output that holds it.</param>
/// <param name="Offset">Of the first byte that differs; null where the file is on one side only.</param>
/// <param name="What">What differs, in words of the file's format where it is a known one.</param>
public sealed record FileDifference(string Output, string File, long? Offset, string What);

public enum Verdict
{
    /// <summary>The same bytes again.</summary>
    Same,
    Differs,
    /// <summary>The step failed.</summary>
    Failed,
    /// <summary>It has no current result to compare with.</summary>
    Stale,
}

/// <param name="Note">Why it failed or is stale; else empty.</param>
public sealed record StepVerdict(StepDefinition Step, Verdict Verdict, double Seconds, IReadOnlyList<FileDifference> Differences, string Note);

/// <summary>Does steps again from their recorded inputs, in a clean workspace, and compares each output file with the stored one. What is stored stays as it is.</summary>
/// <param name="describe">From a file's name, the stored and the new one to what differs, or null for an unknown format.</param>
public sealed class Verification(EngineState state, Executors executors, MachineResources machine, Func<string, string, string, string?> describe)
{
    public SecretReader SecretReader { get; init; } = new(Environment.GetEnvironmentVariable, KeyVault.Ask);

    /// <param name="steps">The ids of those to do; all where it is empty.</param>
    /// <param name="tell">Told each verdict when it is known.</param>
    public async Task<IReadOnlyList<StepVerdict>> RunAsync(PipelineDefinition definition, IReadOnlySet<string> steps, Action<StepVerdict> tell, IStepListener listener, CancellationToken cancellation)
    {
        var graph = new StepGraph(definition);
        var plan = state.PlannerFor(graph, state.HistoryOf(definition), new HashSet<string>(), out var sources).Plan();
        var results = plan.Decisions.OfType<Decision.Reuse>().ToDictionary(d => d.Step.Id, d => d.Result, StringComparer.Ordinal);
        var verdicts = new List<StepVerdict>();
        state.Folder.Create();
        using var inUse = FileLock.TryTake(Path.Combine(state.Folder.Root, "in-use"), shared: true) ?? throw new StepFailedException("A 'gc' is cleaning this state folder; verify when it has ended.");
        using var attempts = new AttemptFolder(state.Folder, "verify-" + RunId.New(state.Clock));
        var secrets = new Secrets(definition, SecretReader);
        await secrets.PrepareAsync();
        var execution = new StepExecution(state, executors, "", attempts.Path, sources, graph, secrets, _ => { });
        foreach (var decision in plan.Decisions.Where(d => steps.Count == 0 || steps.Contains(d.Step.Id)))
        {
            cancellation.ThrowIfCancellationRequested();
            var started = state.Clock.GetTimestamp();
            var (verdict, differences, note) = decision is Decision.Reuse reuse ? await Redo(execution, reuse.Step, reuse.Result) : (Verdict.Stale, [], decision.Reason);
            var done = new StepVerdict(decision.Step, verdict, state.Clock.GetElapsedTime(started).TotalSeconds, differences, note);
            verdicts.Add(done);
            tell(done);
        }

        return verdicts;

        async Task<(Verdict, IReadOnlyList<FileDifference>, string)> Redo(StepExecution execution, StepDefinition step, StepResult stored)
        {
            if (ResourcePool.Refuse(step, machine) is { } refusal) return (Verdict.Failed, [], $"cannot run on this machine: {refusal}");
            var share = new ResourcePool(machine, 1).TryTake(step, out _)!;
            try
            {
                await state.Cache.FetchAsync(step.Inputs.SelectMany(i => results[i.Step].Outputs[i.Output].Files).Concat(stored.Outputs.Values.SelectMany(o => o.Files)), cancellation);
                var (task, outcome) = await execution.ReplayAsync(step, stored.Key, share, results, Path.Combine(attempts.Path, step.Id + ".workspace"), listener, cancellation);
                cancellation.ThrowIfCancellationRequested();
                if (outcome.Failure is { } failure) return (Verdict.Failed, [], failure.Message);
                var differences = new ArtifactComparison(state.Store, describe).Differences(stored, task.Outputs, outcome.Metrics, Path.Combine(attempts.Path, step.Id + ".metrics")).ToList();
                return (differences.Count == 0 ? Verdict.Same : Verdict.Differs, differences, "");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or StepFailedException)
            {
                return (Verdict.Failed, [], e.Message);
            }
        }
    }
}
