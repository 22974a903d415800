using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Planning;

namespace Pipeline.Engine.Execution;

/// <summary>The loop of one run: a step becomes ready when all it waits for has ended, is decided anew then (early cutoff), and starts when the pool has its share.</summary>
internal sealed class RunLoop(StepGraph graph, Plan plan, Planner planner, History history, Divergences divergences, StepExecution execution, ApprovalDesk desk, ResourcePool pool, MachineResources machine, RunOptions options, string run, Action<RunEvent> tell)
{
    /// <summary>How often a step may find its inputs gone in one run: a disk that loses what was just written is not to be filled for ever.</summary>
    private const int MostLosses = 3;

    /// <summary>How long until a step that another run is doing is looked at again: a fifth of what it has been waited for, in these bounds.</summary>
    private static readonly (double Least, double Most) SecondsUntilAskedAgain = (0.1, 3);

    /// <summary>A step that left the pool: with its outcome, or without one where another run holds it or its result must be decided anew.</summary>
    private sealed record Message(StepDefinition Step, StepOutcome? Outcome, ResourceShare? Share, bool DecideAnew = false);

    private readonly Dictionary<string, Decision> planned = plan.Decisions.ToDictionary(d => d.Step.Id, StringComparer.Ordinal);
    private readonly StepQueue queue = new(graph, history);
    private readonly Dictionary<string, StepOutcome> outcomes = new(StringComparer.Ordinal);
    private readonly Channel<Message> messages = Channel.CreateUnbounded<Message>();
    private readonly Dictionary<string, Decision.Run> decided = new(StringComparer.Ordinal);
    private readonly HashSet<(string, string)> toldToWait = [];
    private readonly Dictionary<string, int> losses = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> heldSince = new(StringComparer.Ordinal);

    /// <summary>Steps that nobody has approved yet, with the key that was asked for.</summary>
    private readonly ConcurrentDictionary<string, string> unanswered = new(StringComparer.Ordinal);
    private readonly bool usesCluster = graph.Ordered.Any(s => s.Slurm is not null);
    private int awaited;
    private volatile bool failed;

    private Skips Skips => new(graph, outcomes, planned, options);

    /// <summary>The outcome of every step, in the order of the graph.</summary>
    public async Task<IReadOnlyList<StepOutcome>> RunAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            await LoopAsync(stop.Token);
        }
        catch
        {
            // What is still going on works in folders that are removed with the run: a step whose files went under its hands would be stored with what is left of them.
            await stop.CancelAsync();
            for (; awaited > 0; awaited--) await messages.Reader.ReadAsync(CancellationToken.None);
            throw;
        }

        return [.. graph.Ordered.Select(s => outcomes[s.Id])];
    }

    private async Task LoopAsync(CancellationToken cancellation)
    {
        while (true)
        {
            while (queue.NextArrival() is { } step) Arrive(step, cancellation);
            StartWhatFits(cancellation);
            if (queue.HasArrivals) continue;
            if (awaited == 0) break;
            var message = await messages.Reader.ReadAsync(CancellationToken.None);
            awaited--;
            if (message.Share is { } share) pool.Return(share);
            if (message.Outcome is { } outcome) Finish(outcome);
            else if (message.DecideAnew) DecideAnew(message.Step);
            else if (message.Share is null) queue.LineUp(message.Step);
            else Await(message.Step, null, async () =>
            {
                await Task.Delay(UntilAskedAgain(message.Step), CancellationToken.None);
                return new(message.Step, null, null);
            });
        }
    }

    /// <summary>All that the step waits for has ended: skip it, reuse its result, or line it up.</summary>
    private void Arrive(StepDefinition step, CancellationToken cancellation)
    {
        if ((Skips.Held(step, failed, cancellation) ?? Skips.ByCondition(step)) is { } ended)
        {
            Finish(ended);
            return;
        }

        (step, var problem) = MetricValues.Fill(Candidates.Trim(step, Skips.IsExcused), id => outcomes[id].Result!.Metrics);
        if (problem is not null)
        {
            Finish(new(step, StepState.Failed, "", null, 0, null, new(FailureCause.Step, problem, ""), ""));
            return;
        }

        var anew = planned[step.Id] is Decision.Maybe or Decision.Skip or Decision.Run { Recipe: null } || queue.IsRedone(step.Id) || losses.ContainsKey(step.Id) || graph.DependenciesOf(step.Id).Any(CameOutOtherwise);
        var decision = anew ? planner.Decide(step, input => outcomes[input.Step].Result!.Outputs[input.Output].Digest) : planned[step.Id];
        if (decision is Decision.Reuse reuse)
        {
            Reuse(step, reuse, cancellation);
            return;
        }

        if (decision is Decision.Skip skip)
        {
            Finish(Skips.Excused(step, skip.Why));
            return;
        }

        if (ResourcePool.Refuse(step, machine) is { } refusal)
        {
            Finish(new(step, StepState.Failed, decision.Reason, decision.Key, 0, null, new(FailureCause.Step, $"cannot run on this machine: {refusal}", ""), ""));
            return;
        }

        decided[step.Id] = (Decision.Run)decision;
        if (step.Approve is null) queue.LineUp(step);
        else LineUpOnceApproved(step, decision.Key!, cancellation);
    }

    /// <summary>A step whose stored result the plan relied on was made again in this run and gave something else.</summary>
    private bool CameOutOtherwise(string id) =>
        planned[id] is Decision.Reuse { Result: var then } && outcomes[id].Result is { } now && !ReferenceEquals(now, then) && now.Outputs.Any(o => then.Outputs.GetValueOrDefault(o.Key)?.Digest != o.Value.Digest);

    private void LineUpOnceApproved(StepDefinition step, string key, CancellationToken cancellation)
    {
        if (desk.Ask(step, key) is { } known)
        {
            if (known.Approved) queue.LineUp(step);
            else Finish(ApprovalDesk.Rejected(step, key, known));
        }
        else if (!options.WaitForApproval) Finish(ApprovalDesk.Waiting(step, key));
        else
        {
            unanswered[step.Id] = key;
            Await(step, null, async () =>
            {
                // Without an answer the step is lined up as well: whatever holds it back now says why.
                var answer = await desk.WaitAsync(step, key, () => cancellation.IsCancellationRequested || (failed && !options.KeepGoing));
                if (answer is { Approved: true }) unanswered.TryRemove(step.Id, out _);
                return new(step, answer is { Approved: false } ? ApprovalDesk.Rejected(step, key, answer) : null, null);
            });
        }
    }

    private void Reuse(StepDefinition step, Decision.Reuse reuse, CancellationToken cancellation)
    {
        var outcome = new StepOutcome(step, StepState.Reused, planned[step.Id] is Decision.Maybe ? "its inputs came out the same" : reuse.Reason, reuse.Recipe.Key, 0, reuse.Result, null, "");
        if (execution.NeedsNothing(step, reuse.Result)) Finish(outcome);
        else Await(step, null, async () =>
        {
            var fetched = await execution.FetchAsync(step, reuse.Result, cancellation);
            return fetched ? new(step, outcome, null) : new(step, null, null, DecideAnew: true);
        });
    }

    private void StartWhatFits(CancellationToken cancellation)
    {
        var leaving = new List<StepDefinition>();
        foreach (var step in queue.Lined.Select(s => decided[s.Id].Step))
        {
            if ((Skips.Held(step, failed, cancellation) ?? (unanswered.TryGetValue(step.Id, out var key) ? ApprovalDesk.Waiting(step, key) : null)) is { } skipped)
            {
                leaving.Add(step);
                Finish(skipped);
            }
            else if (pool.TryTake(step, out var waitsFor) is { } share)
            {
                leaving.Add(step);
                Start(step, decided[step.Id], share, cancellation);
            }
            else
            {
                TellToWait(step, waitsFor);
                // Looking at all the others for each that ends would make a step cost more the more there are.
                if (pool.IsFull && !usesCluster) break;
            }
        }

        foreach (var step in leaving) queue.Remove(step);
    }

    private void Start(StepDefinition step, Decision.Run decision, ResourceShare share, CancellationToken cancellation)
    {
        var upstream = step.Inputs.Select(i => i.Step).Distinct().ToDictionary(id => id, id => outcomes[id].Result!, StringComparer.Ordinal);
        Await(step, share, async () =>
        {
            var (outcome, heldBy) = await execution.RunAsync(step, decision, share, upstream, options.Force.Contains(step.Id), cancellation);
            if (outcome is null) TellToWait(step, heldBy);
            return new(step, outcome, share);
        });
    }

    /// <summary>Does something aside; its message comes back to the loop, whatever happens.</summary>
    private void Await(StepDefinition step, ResourceShare? share, Func<Task<Message>> work)
    {
        awaited++;
        _ = Task.Run(
            async () =>
            {
                Message message;
                try
                {
                    message = await work();
                }
                catch (OperationCanceledException)
                {
                    message = Failed(FailureCause.Cancelled, "cancelled before it began");
                }
                catch (Exception e)
                {
                    // A defect of the engine must fail this step with its story, not hang the run.
                    message = Failed(FailureCause.Step, $"the engine failed: {e}");
                }

                await messages.Writer.WriteAsync(message);
            },
            CancellationToken.None);

        Message Failed(FailureCause cause, string text) => new(step, new(step, StepState.Failed, "", null, 0, null, new(cause, text, ""), ""), share);
    }

    private void Finish(StepOutcome outcome)
    {
        if (options.Lock is { } locked) outcome = locked.Checked(outcome);
        if (outcome.Failure?.Cause == FailureCause.LostInput && Mend(outcome.Step)) return;
        if (outcome is { Step.Rung: not null, Failure: { Cause: FailureCause.Diverged } diverged, Key: { } key }) divergences.Add(key, diverged.Message);
        outcome = Skips.Loss(outcome) ?? outcome;
        outcomes[outcome.Step.Id] = outcome;
        failed |= outcome.State == StepState.Failed;
        if (outcome.Result is { } result) history.Add(new(outcome.Step.Id, result.Key, run, result.Seconds));
        tell(new RunEvent.StepFinished(outcome));
        queue.Ended(outcome.Step);
    }

    /// <summary>A step found that a blob it reads is gone: makes the steps above whose results are lost again, then the step. False where that has been tried enough.</summary>
    private bool Mend(StepDefinition step)
    {
        if (losses.GetValueOrDefault(step.Id) >= MostLosses) return false;
        var lost = step.Inputs.Select(i => i.Step).Distinct().Where(above => queue.IsRedone(above) || execution.IsLost(outcomes[above].Result!)).ToList();
        if (lost.Count > 0) tell(new RunEvent.StepWaits(step, $"{string.Join(", ", lost)}, whose stored result was damaged and is made again"));
        DecideAnew(step, lost);
        return true;
    }

    private void DecideAnew(StepDefinition step, params IReadOnlyList<string> after)
    {
        losses[step.Id] = losses.GetValueOrDefault(step.Id) + 1;
        queue.Redo(step, after);
    }

    private TimeSpan UntilAskedAgain(StepDefinition step) =>
        TimeSpan.FromSeconds(Math.Clamp(Stopwatch.GetElapsedTime(heldSince.GetOrAdd(step.Id, _ => Stopwatch.GetTimestamp())).TotalSeconds / 5, SecondsUntilAskedAgain.Least, SecondsUntilAskedAgain.Most));

    private void TellToWait(StepDefinition step, string reason)
    {
        lock (toldToWait)
        {
            if (!toldToWait.Add((step.Id, reason))) return;
        }

        tell(new RunEvent.StepWaits(step, reason));
    }
}
