using Pipeline.Engine.Authoring;
using Pipeline.Engine.Planning;

namespace Pipeline.Engine.Execution.Slurm;

/// <summary>How a job ended.</summary>
/// <param name="Outcome">What it said itself; null where it said nothing.</param>
/// <param name="GoesOn">What happened to it, where that is no fault of the step and another job can go on.</param>
/// <param name="Said">What to say where it said nothing and no other job goes on.</param>
internal sealed record JobEnd(TaskOutcome? Outcome, FailureCause Cause, string Said, string? GoesOn = null, bool IsTimeLimit = false)
{
    public TaskOutcome Failed(bool wentOn) =>
        IsTimeLimit ? TaskOutcome.Failed(FailureCause.Timeout, wentOn ? Said : $"{Said}, and left nothing to go on from: give it more time, under executor: slurm: time")
        : GoesOn is null && Outcome is not null ? Outcome : TaskOutcome.Failed(Cause, Said);
}

/// <summary>Follows one job to its end.</summary>
internal sealed class JobWatch(JobQueue queue, JobFolder folder, JobRecord job, StepTask task, IStepListener listener, TimeProvider clock)
{
    /// <summary>How often the job's files are looked at. Slurm itself is asked more seldom the longer the job takes.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);
    private static readonly (TimeSpan First, TimeSpan Last) Between = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15));

    /// <summary>How long an asked job may take to stop.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(45);

    /// <summary>How long a file that was written on another machine may take to show here.</summary>
    private static readonly TimeSpan UntilFilesShow = TimeSpan.FromSeconds(5);

    private readonly LogFollower log = new(folder.Log(job), listener);
    private readonly long begun = clock.GetTimestamp();
    private FailureCause? stopped;
    private long asked;
    private bool ended;
    private string told = "";

    public async Task<JobEnd> WaitAsync(CancellationToken cancellation)
    {
        var looked = clock.GetTimestamp();
        var (_, state) = await LookAsync(looked);
        long? gone = null;
        while (true)
        {
            log.Read();
            // A step that failed because somebody asked it to stop: only Slurm knows who.
            if (folder.Outcome(job) is { } outcome && (outcome.Failure?.Cause != FailureCause.Cancelled || gone is not null)) return Ended(outcome, state);
            if (gone is { } since && clock.GetElapsedTime(since) > UntilFilesShow) return Ended(null, state);
            if (gone is null && clock.GetElapsedTime(looked) > Pause())
            {
                looked = clock.GetTimestamp();
                var (answered, found) = await LookAsync(looked);
                if (answered)
                {
                    state = found ?? state;
                    if (found is not { IsActive: true }) gone = clock.GetTimestamp();
                    else await StopWhereAskedAsync(found, cancellation);
                }
            }

            try
            {
                await Task.Delay(Glance, clock, stopped is null ? cancellation : CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                // Looked at once more, at once, and then asked to stop.
                looked = 0;
                await Task.Delay(Glance, clock, CancellationToken.None);
            }
        }
    }

    private TimeSpan Pause() => stopped is not null ? Between.First : TimeSpan.FromSeconds(Math.Clamp(clock.GetElapsedTime(begun).TotalSeconds / 10, Between.First.TotalSeconds, Between.Last.TotalSeconds));

    private async Task<(bool Answered, JobState? State)> LookAsync(long notBefore)
    {
        try
        {
            var state = SlurmExecutor.Of(job, await queue.LookAsync(notBefore));
            if (state is { IsActive: true, Waits: false }) Say($"job {job.Id} runs", listener.Logged);
            // Slurm gives no reason while it has not looked yet.
            else if (state is { Waits: true, Reason: not ("None" or "") }) Say($"Slurm, where its job {job.Id} is in the queue ({state.Reason})", listener.Waits);
            return (true, state);
        }
        catch (SlurmException e)
        {
            Say($"Slurm, which does not answer, to tell of job {job.Id}: {e.Message}", listener.Waits);
            return (false, null);
        }
    }

    private void Say(string line, Action<string> say)
    {
        if (line != told) say(line);
        told = line;
    }

    private async Task StopWhereAskedAsync(JobState state, CancellationToken cancellation)
    {
        try
        {
            if (stopped is null)
            {
                stopped = cancellation.IsCancellationRequested ? FailureCause.Cancelled : task.Timeout is { } limit && state.Ran > limit ? FailureCause.Timeout : null;
                if (stopped is null) return;
                asked = clock.GetTimestamp();
                // Ranks that stopped at different steps would wait for one another: their last checkpoint is enough.
                if (state.Waits || task.Ranks > 1) await SlurmCommands.CancelAsync(state.Id);
                else await SlurmCommands.AskToStopAsync(state.Id);
            }
            else if (!ended && clock.GetElapsedTime(asked) > Grace)
            {
                await SlurmCommands.CancelAsync(state.Id);
                ended = true;
            }
        }
        catch (SlurmException e)
        {
            // It may have ended meanwhile; else it is asked again.
            listener.Logged(e.Message);
            if (!ended) stopped = null;
        }
    }

    private JobEnd Ended(TaskOutcome? outcome, JobState? state)
    {
        log.Read(toTheEnd: true);
        // Who takes up a job that another engine began did not wait for all of it.
        if (outcome is { Failure: null }) return new(outcome with { Seconds = state?.Ran.TotalSeconds }, default, "");
        if (stopped == FailureCause.Cancelled) return new(null, FailureCause.Cancelled, "cancelled; what it had done is kept in its workspace");
        if (stopped == FailureCause.Timeout) return new(null, FailureCause.Timeout, $"it ran longer than its timeout of {Durations.Say(task.Timeout!.Value.TotalSeconds)}; what it had done is kept in its workspace");
        if (state is { LostItsNode: true }) return new(null, FailureCause.Crash, $"job {job.Id} lost its node ({state.State})", $"lost its node ({state.State})");
        if (state?.State == "CANCELLED") return new(null, FailureCause.Cancelled, $"somebody cancelled job {job.Id} in Slurm; what it had done is kept in its workspace");
        // Asked to stop and asked by nobody: that is what Slurm does before the time limit.
        if (state?.State == "TIMEOUT" || outcome?.Failure?.Cause == FailureCause.Cancelled) return new(null, FailureCause.Timeout, $"job {job.Id} reached its time limit", "reached its time limit", IsTimeLimit: true);
        if (outcome is not null) return new(outcome, default, "");
        if (state?.State == "OUT_OF_MEMORY") return new(null, FailureCause.OutOfMemory, $"Slurm ended job {job.Id} for want of memory");
        return new(null, FailureCause.Crash, state is null or { IsActive: true } ? $"Slurm no longer knows job {job.Id ?? job.Name}, and it left no word of its end" : $"job {job.Id} ended as {state.State} and left no word of its end; the end of its log may say why");
    }
}
