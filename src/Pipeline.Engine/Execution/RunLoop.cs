using System.Threading.Channels;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Planning;

namespace Pipeline.Engine.Execution;

/// <summary>The loop of one run: a step becomes ready when all it waits for has ended, is decided anew then (early cutoff), and starts when the pool has its share.</summary>
internal sealed class RunLoop
{
    /// <summary>How often a step may find its inputs gone in one run: a disk that loses what was just written is not to be filled for ever.</summary>
    private const int MostLosses = 3;

    private readonly StepGraph graph;
    private readonly Planner planner;
    private readonly History history;
    private readonly StepExecution execution;
    private readonly ResourcePool pool;
    private readonly MachineResources machine;
    private readonly RunOptions options;
    private readonly string run;
    private readonly Action<RunEvent> tell;
    private readonly Dictionary<string, Decision> planned;
    private readonly Dictionary<string, double> priority;
    private readonly Dictionary<string, int> waiting;
    private readonly Dictionary<string, List<string>> dependents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StepOutcome> outcomes = new(StringComparer.Ordinal);
    private readonly Channel<(StepOutcome Outcome, ResourceShare Share)> ended = Channel.CreateUnbounded<(StepOutcome, ResourceShare)>();
    private readonly Queue<string> arrived = new();
    private readonly SortedSet<(double Order, int Index, string Id)> ready = [];
    private readonly Dictionary<string, Decision.Run> decided = new(StringComparer.Ordinal);
    private readonly HashSet<string> toldToWait = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> mending = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> losses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> index;
    private int running;
    private bool failed;

    public RunLoop(StepGraph graph, Plan plan, Planner planner, History history, StepExecution execution, ResourcePool pool, MachineResources machine, RunOptions options, string run, Action<RunEvent> tell)
    {
        (this.graph, this.planner, this.history, this.execution) = (graph, planner, history, execution);
        (this.pool, this.machine, this.options, this.run, this.tell) = (pool, machine, options, run, tell);
        planned = plan.Decisions.ToDictionary(d => d.Step.Id, StringComparer.Ordinal);
        index = graph.Ordered.Select((s, i) => (s.Id, i)).ToDictionary(p => p.Id, p => p.i, StringComparer.Ordinal);
        waiting = graph.Ordered.ToDictionary(s => s.Id, s => graph.DependenciesOf(s.Id).Count, StringComparer.Ordinal);
        foreach (var step in graph.Ordered)
        {
            dependents[step.Id] = [];
            foreach (var above in graph.DependenciesOf(step.Id)) dependents[above].Add(step.Id);
        }

        priority = Priorities();
    }

    /// <summary>The outcome of every step, in the order of the graph.</summary>
    public async Task<IReadOnlyList<StepOutcome>> RunAsync(CancellationToken cancellation)
    {
        foreach (var step in graph.Ordered.Where(s => waiting[s.Id] == 0)) arrived.Enqueue(step.Id);
        while (true)
        {
            while (arrived.TryDequeue(out var id)) Arrive(graph[id], cancellation);
            StartWhatFits(cancellation);
            if (arrived.Count > 0) continue;
            if (running == 0) break;
            var (outcome, share) = await ended.Reader.ReadAsync(CancellationToken.None);
            running--;
            pool.Return(share);
            Finish(outcome);
        }

        return [.. graph.Ordered.Select(s => outcomes[s.Id])];
    }

    /// <summary>All that the step waits for has ended: skip it, reuse its result, or line it up.</summary>
    private void Arrive(StepDefinition step, CancellationToken cancellation)
    {
        if (SkipReason(step, cancellation) is { } skip)
        {
            Finish(new(step, StepState.Skipped, skip, null, 0, null, null, ""));
            return;
        }

        var decision = planned[step.Id] is Decision.Maybe || mending.ContainsKey(step.Id) || losses.ContainsKey(step.Id)
            ? planner.Decide(step, input => outcomes[input.Step].Result!.Outputs[input.Output].Digest)
            : planned[step.Id];
        if (decision is Decision.Reuse reuse)
        {
            var reason = planned[step.Id] is Decision.Maybe ? "its inputs came out the same" : reuse.Reason;
            Finish(new(step, StepState.Reused, reason, reuse.Recipe.Key, 0, reuse.Result, null, ""));
            return;
        }

        if (ResourcePool.Refuse(step.Resources, machine) is { } refusal)
        {
            Finish(new(step, StepState.Failed, decision.Reason, decision.Key, 0, null, new(FailureCause.Step, $"cannot run on this machine: {refusal}", ""), ""));
            return;
        }

        decided[step.Id] = (Decision.Run)decision;
        ready.Add((-priority[step.Id], index[step.Id], step.Id));
    }

    private void StartWhatFits(CancellationToken cancellation)
    {
        foreach (var entry in ready.ToList())
        {
            var step = graph[entry.Id];
            if (SkipReason(step, cancellation) is { } skip)
            {
                ready.Remove(entry);
                Finish(new(step, StepState.Skipped, skip, null, 0, null, null, ""));
            }
            else if (pool.TryTake(step.Resources, out var waitsFor) is { } share)
            {
                ready.Remove(entry);
                running++;
                Start(step, decided[step.Id], share, cancellation);
            }
            else
            {
                if (toldToWait.Add(step.Id)) tell(new RunEvent.StepWaits(step, waitsFor));
                if (pool.IsFull) return;
            }
        }
    }

    private void Start(StepDefinition step, Decision.Run decision, ResourceShare share, CancellationToken cancellation)
    {
        var upstream = step.Inputs.Select(i => i.Step).Distinct().ToDictionary(id => id, id => outcomes[id].Result!, StringComparer.Ordinal);
        _ = Task.Run(
            async () =>
            {
                StepOutcome outcome;
                try
                {
                    outcome = await execution.RunAsync(step, decision, share, upstream, options.Force.Contains(step.Id), cancellation);
                }
                catch (OperationCanceledException)
                {
                    outcome = Failed(FailureCause.Cancelled, "cancelled before it began");
                }
                catch (Exception e)
                {
                    // A defect of the engine must fail this step with its story, not hang the run.
                    outcome = Failed(FailureCause.Step, $"the engine failed: {e}");
                }

                await ended.Writer.WriteAsync((outcome, share));
            },
            CancellationToken.None);

        StepOutcome Failed(FailureCause cause, string message) => new(step, StepState.Failed, decision.Reason, decision.Key, 0, null, new(cause, message, ""), "");
    }

    private void Finish(StepOutcome outcome)
    {
        var id = outcome.Step.Id;
        if (outcome.Failure?.Cause == FailureCause.LostInput && Mend(outcome.Step)) return;
        outcomes[id] = outcome;
        failed |= outcome.State == StepState.Failed;
        if (outcome.Result is { } result) history.Add(new(id, result.Key, run, result.Seconds));
        tell(new RunEvent.StepFinished(outcome));
        // Those below a mended step that had it before it was lost have counted it already.
        var told = mending.Remove(id, out var mended) ? mended : dependents[id];
        foreach (var below in told)
        {
            if (--waiting[below] == 0) arrived.Enqueue(below);
        }
    }

    /// <summary>A step found that a blob it reads is gone: makes the steps above whose results are lost again, then the step. False where that has been tried enough.</summary>
    private bool Mend(StepDefinition step)
    {
        if (losses.GetValueOrDefault(step.Id) == MostLosses) return false;
        losses[step.Id] = losses.GetValueOrDefault(step.Id) + 1;
        var lost = step.Inputs.Select(i => i.Step).Distinct().Where(above => mending.ContainsKey(above) || execution.IsLost(outcomes[above].Result!)).ToList();
        foreach (var above in lost)
        {
            waiting[step.Id]++;
            if (mending.TryGetValue(above, out var others))
            {
                others.Add(step.Id);
                continue;
            }

            tell(new RunEvent.StepWaits(step, $"{above}, whose stored result was damaged and is made again"));
            mending[above] = [step.Id];
            arrived.Enqueue(above);
        }

        if (lost.Count == 0) arrived.Enqueue(step.Id);
        return true;
    }

    private string? SkipReason(StepDefinition step, CancellationToken cancellation)
    {
        if (graph.DependenciesOf(step.Id).FirstOrDefault(d => outcomes[d].Result is null) is { } cause)
            return $"{cause} {(outcomes[cause].State == StepState.Skipped ? "was skipped" : "failed")}";
        if (cancellation.IsCancellationRequested) return "cancelled";
        // What is already in the store may still be named after a failure; only new work is held back.
        return failed && !options.KeepGoing && planned[step.Id] is not Decision.Reuse ? "another step failed" : null;
    }

    /// <summary>Seconds from the start of a step to the end of all that waits for it, from history: the longest goes first.</summary>
    private Dictionary<string, double> Priorities()
    {
        var total = new Dictionary<string, double>(graph.Ordered.Count, StringComparer.Ordinal);
        foreach (var step in graph.Ordered.Reverse())
            total[step.Id] = (history.Last(step.Id)?.Seconds ?? 1) + dependents[step.Id].Select(d => total[d]).DefaultIfEmpty().Max();
        return total;
    }
}
