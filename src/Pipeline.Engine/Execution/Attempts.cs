using Pipeline.Engine.Definitions;
using Pipeline.Engine.Planning;

namespace Pipeline.Engine.Execution;

/// <summary>The attempts of a step: each no longer than its timeout, and another one after a failure of a cause that its retry names. What an attempt left in the workspace is there for the next.</summary>
internal sealed class Attempts(StepDefinition step, TimeProvider clock, Action<RunEvent> tell)
{
    /// <summary>How long a step that runs in this process may take to stop when asked. Longer than a worker is given, so that a worker is always ended.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private bool abandoned;

    /// <summary>How many attempts there were.</summary>
    public int Count { get; private set; }

    /// <param name="attempt">Makes the attempt of a number, counted from 1. Its outputs must be folders of its own: what a failed one wrote must not get into the next.</param>
    public async Task<TaskOutcome> RunAsync(Func<int, CancellationToken, Task<TaskOutcome>> attempt, Action<string> log, CancellationToken cancellation)
    {
        while (true)
        {
            var number = ++Count;
            var outcome = await InTime(token => attempt(number, token), cancellation);
            if (outcome.Failure is not { } failure) return outcome;
            var last = number == step.Retry.Attempts || abandoned || cancellation.IsCancellationRequested || !IsWorthAnother(failure.Cause);
            if (last && number == 1) return outcome;
            var wait = step.Retry.WaitAfter(number);
            log($"attempt {number} of {step.Retry.Attempts} failed ({Causes.Word(failure.Cause)}): {failure.Message}{(last ? "" : $"; the next begins in {Durations.Say(wait.TotalSeconds)}")}");
            if (last) return outcome;
            tell(new RunEvent.StepRetries(step, number, failure, wait));
            try
            {
                await Task.Delay(wait, clock, cancellation);
            }
            catch (OperationCanceledException)
            {
                return TaskOutcome.Failed(FailureCause.Cancelled, "cancelled between two attempts; what it had done is kept in its workspace");
            }
        }
    }

    private bool IsWorthAnother(FailureCause cause) => cause switch
    {
        FailureCause.Crash => step.Retry.On.Contains(RetryCause.Crash),
        FailureCause.OutOfMemory => step.Retry.On.Contains(RetryCause.OutOfMemory),
        FailureCause.Timeout => step.Retry.On.Contains(RetryCause.Timeout),
        FailureCause.Step => step.Retry.On.Contains(RetryCause.Step),
        _ => false,
    };

    private async Task<TaskOutcome> InTime(Func<CancellationToken, Task<TaskOutcome>> attempt, CancellationToken cancellation)
    {
        // The time in a cluster's queue does not count, and only its executor knows that.
        if (step.Timeout is not { } limit || step.Slurm is not null) return await attempt(cancellation);
        // Not disposed of: an attempt that is left to itself may still ask them.
        var late = new CancellationTokenSource(limit, clock);
        var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        var running = attempt(stop.Token);
        var ignored = new TaskCompletionSource();
        using var asked = late.Token.Register(() => _ = Task.Delay(Patience, clock).ContinueWith(_ => ignored.TrySetResult(), TaskScheduler.Default));
        abandoned = await Task.WhenAny(running, ignored.Task) != running;
        if (abandoned) return TaskOutcome.Failed(FailureCause.Timeout, $"it took longer than its timeout of {Durations.Say(limit.TotalSeconds)} and did not stop when it was asked to; it is left to itself");
        var outcome = await running;
        return outcome.Failure is null || !late.IsCancellationRequested || cancellation.IsCancellationRequested ? outcome
            : TaskOutcome.Failed(FailureCause.Timeout, $"it took longer than its timeout of {Durations.Say(limit.TotalSeconds)}; what it had done is kept in its workspace");
    }
}
