using System.Diagnostics;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Planning;

namespace Pipeline.Engine.Execution;

/// <param name="Jobs">How many steps may run at once.</param>
/// <param name="Force">Steps that run though their result is stored.</param>
/// <param name="KeepGoing">After a failure, go on with what does not depend on it.</param>
/// <param name="WaitForApproval">Whether to wait for people that steps ask; else such steps are skipped and the run ends without them.</param>
/// <param name="Lock">What every step must come out as; null to write a lock file of what it came out as.</param>
public sealed record RunOptions(int Jobs, IReadOnlySet<string> Force, bool KeepGoing, LockCheck? Lock = null, bool WaitForApproval = true);

/// <summary>Runs what a plan says, in parallel where the graph and the machine allow.</summary>
public sealed class Scheduler(EngineState state, Executors executors, MachineResources machine)
{
    public SecretReader SecretReader { get; init; } = new(Environment.GetEnvironmentVariable, KeyVault.Ask);

    /// <exception cref="LockDiffersException">There is a lock, and the plan breaks it.</exception>
    /// <exception cref="InfeasibleException">A step cannot do its work, or needs more memory than there is for it.</exception>
    public async Task<RunSummary> RunAsync(PipelineDefinition definition, RunOptions options, IRunObserver observer, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var graph = new StepGraph(definition);
        // Before the plan: gc must not take what the plan means to reuse. Where there is no folder yet there is nothing to take.
        using var planning = Directory.Exists(state.Folder.Root) ? InUse() : null;
        var history = state.HistoryOf(definition);
        var planner = state.PlannerFor(graph, history, options.Force, out var sources);
        var plan = planner.Plan();
        if (options.Lock?.Differences(plan, planner, state.Results.Read) is { Count: > 0 } differences) throw new LockDiffersException(differences);
        if (Feasibility.Refusals(plan, state.EstimatesOf(plan, sources), machine) is { Count: > 0 } refusals) throw new InfeasibleException(refusals);
        state.Folder.Create();
        using var running = planning is null ? InUse() : null;

        var run = RunId.New(state.Clock, history.NewestRun());
        using var attempts = state.Folder.Prepared(() => new AttemptFolder(state.Folder, run));
        var gate = new Lock();
        Tell(new RunEvent.RunStarted(run, definition, plan));
        var secrets = new Secrets(definition, SecretReader);
        await secrets.PrepareAsync();
        var execution = new StepExecution(state, executors, run, attempts.Path, sources, graph, secrets, Tell);
        var desk = new ApprovalDesk(state.Approvals, definition, options, run, state.Clock, Tell);
        var loop = new RunLoop(graph, plan, planner, history, state.Divergences, execution, desk, new ResourcePool(machine, options.Jobs), machine, options, run, Tell);
        IReadOnlyList<StepOutcome> outcomes;
        await using (cancellation.Register(() => Tell(new RunEvent.RunStopping()))) outcomes = await loop.RunAsync(cancellation);
        state.Digests.Save();
        await state.Cache.PublishUnsentAsync(CancellationToken.None);

        var complete = outcomes.All(o => o.Result is not null || o.Excused);
        var status = complete ? RunStatus.Succeeded : cancellation.IsCancellationRequested ? RunStatus.Cancelled
            : outcomes.All(o => o.Failure is null) && outcomes.Any(o => o.WaitsForApproval) ? RunStatus.Waiting : RunStatus.Failed;
        var summary = new RunSummary(run, status, watch.Elapsed.TotalSeconds, outcomes);
        if (complete && options.Lock is null) summary = WriteLock(summary, definition);
        Tell(new RunEvent.RunFinished(summary));
        return summary;

        void Tell(RunEvent happened)
        {
            lock (gate) observer.On(happened);
        }
    }

    private FileLock InUse() => state.Folder.Prepared(() => FileLock.TryTake(Path.Combine(state.Folder.Root, "in-use"), shared: true)) ?? throw new StepFailedException("A 'gc' is cleaning this state folder; run again when it has ended.");

    /// <summary>What was made is made, whether or not it can be written down beside the file.</summary>
    private static RunSummary WriteLock(RunSummary summary, PipelineDefinition definition)
    {
        try
        {
            LockFile.Write(summary, definition);
            return summary;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return summary with { Notice = $"the lock file {LockFile.PathFor(definition.File)} could not be written: {e.Message}" };
        }
    }
}
