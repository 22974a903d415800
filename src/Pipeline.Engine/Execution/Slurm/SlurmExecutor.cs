using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution.Slurm;

/// <summary>Runs each task as a job of a Slurm cluster that sees this machine's files. A job outlives the engine: the next engine that wants the same key goes on with it.</summary>
/// <param name="command">The command that, followed by a task file, does the task.</param>
public sealed class SlurmExecutor(IReadOnlyList<string> command, TimeProvider clock) : IExecutor
{
    /// <summary>How often in a row a job may lose its node before the step counts as failed.</summary>
    private const int MostNodesLost = 5;

    private readonly JobQueue queue = new(clock);

    public async Task<TaskOutcome> RunAsync(StepTask task, IStepListener listener, CancellationToken cancellation)
    {
        if (SlurmCommands.Missing() is { } missing) return TaskOutcome.Failed(FailureCause.Step, missing);
        var folder = new JobFolder(task.Workspace);
        try
        {
            var job = await TakeUpAsync(folder, task, listener);
            for (var lost = 0; ; lost++)
            {
                if (job is null && cancellation.IsCancellationRequested) return TaskOutcome.Failed(FailureCause.Cancelled, "cancelled before its job was submitted; what it had done is kept in its workspace");
                var before = Kept(task);
                job ??= await SubmitAsync(folder, task, listener);
                var end = await new JobWatch(queue, folder, job, task, listener, clock).WaitAsync(cancellation);
                if (end.Outcome is { Failure: null } done)
                {
                    folder.Give(job, task);
                    return done;
                }

                var wentOn = Kept(task) != before;
                if (wentOn) lost = 0;
                if (end.GoesOn is not { } why || lost >= MostNodesLost || (end.IsTimeLimit && !wentOn)) return end.Failed(wentOn);
                listener.Logged($"job {job.Id} {why}; the step goes on in another one");
                job = null;
            }
        }
        catch (SlurmException e)
        {
            return TaskOutcome.Failed(FailureCause.Crash, e.Message);
        }
    }

    /// <summary>The job of an engine that is gone, where it waits, runs, or has done the step; else null.</summary>
    private async Task<JobRecord?> TakeUpAsync(JobFolder folder, StepTask task, IStepListener listener)
    {
        if (folder.Last() is not { } job) return null;
        var state = Of(job, await queue.LookAsync(clock.GetTimestamp()));
        if (state is { IsActive: true } && task.FromTheBeginning)
        {
            await SlurmCommands.CancelAsync(state.Id);
            return null;
        }

        if (state is not { IsActive: true } && (task.FromTheBeginning || folder.Outcome(job) is not { Failure: null } || !folder.IsWhole(job, task))) return null;
        if (job.Id is null && state is not null) folder.Write(job = job with { Id = state.Id });
        listener.Logged($"goes on with job {job.Id ?? job.Name}, which run {job.Run} began");
        return job;
    }

    internal static JobState? Of(JobRecord job, IEnumerable<JobState> jobs) => jobs.FirstOrDefault(j => job.Id is { } id ? j.Id == id : j.Name == job.Name);

    private async Task<JobRecord> SubmitAsync(JobFolder folder, StepTask task, IStepListener listener)
    {
        var attempt = (folder.Last()?.Attempt ?? 0) + 1;
        // Two state folders may hold the same key, and one user's jobs are all in one list.
        var place = Sha256.Of(System.Text.Encoding.UTF8.GetBytes(folder.Fence))[..8];
        var job = new JobRecord(attempt, FormattableString.Invariant($"{task.Step}.{task.Key[..16]}.{place}.{attempt}"), Path.GetFileName(Path.GetDirectoryName(task.OutcomeFile)!), null);
        // Before it is submitted: whatever happens to this engine then, the next one knows what to look for, and an earlier job ends.
        folder.Write(job);
        var here = folder.Task(job, task);
        folder.Prepare(job, here, JobScript.Text(folder, job, here, command));
        job = job with { Id = await SlurmCommands.SubmitAsync(JobScript.Options(folder, job, here), folder.Script(job)) };
        folder.Write(job);
        listener.Logged($"submitted to Slurm as job {job.Id}");
        return job;
    }

    /// <summary>What the workspace holds, as far as it tells whether a job got anywhere.</summary>
    private static (int Entries, DateTime Newest) Kept(StepTask task)
    {
        var entries = Directory.Exists(task.Workspace) ? new DirectoryInfo(task.Workspace).GetFileSystemInfos("*", SearchOption.AllDirectories) : [];
        return (entries.Length, entries.Select(e => e.LastWriteTimeUtc).DefaultIfEmpty().Max());
    }
}
