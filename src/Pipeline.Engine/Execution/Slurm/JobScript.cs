using System.Globalization;

namespace Pipeline.Engine.Execution.Slurm;

/// <summary>The words by which a job is submitted, and what it does.</summary>
internal static class JobScript
{
    /// <summary>Before the time limit a job of one process is asked to stop: Slurm may do so up to a minute earlier.</summary>
    private const int SecondsToStop = 60;

    public static IReadOnlyList<string> Options(JobFolder folder, JobRecord job, StepTask task)
    {
        var slurm = task.Slurm!;
        List<string> options =
        [
            "--parsable", "--no-requeue", $"--job-name={job.Name}", $"--output={folder.Log(job)}", "--open-mode=append",
            $"--ntasks={Number(task.Ranks)}", $"--cpus-per-task={Number((task.Cpus + task.Ranks - 1) / task.Ranks)}",
        ];
        // Ranks that were asked to stop would only die of it.
        if (task.Ranks == 1) options.Add($"--signal=B:TERM@{SecondsToStop}");
        // Rounded up: Slurm counts in MiB.
        if (task.MemoryBytes > 0) options.Add($"--mem={Number((task.MemoryBytes + (1 << 20) - 1) >> 20)}M");
        if (task.GpusWanted > 0) options.Add($"--gres=gpu:{Number(task.GpusWanted)}");
        if (slurm.Partition is { } partition) options.Add($"--partition={partition}");
        if (slurm.Account is { } account) options.Add($"--account={account}");
        if (slurm.Qos is { } qos) options.Add($"--qos={qos}");
        if (slurm.Minutes is { } minutes) options.Add($"--time={minutes}");
        return [.. options, .. slurm.Options];
    }

    /// <summary>A job that comes too late, because it was submitted while its engine was dying, does nothing.</summary>
    public static string Text(JobFolder folder, JobRecord job, StepTask task, IReadOnlyList<string> command)
    {
        var fence = PosixShell.Quoted(folder.Fence);
        string[] variables = [.. task.Variables().Select(v => $"export {v.Key}={PosixShell.Quoted(v.Value)}"), $"export {AttemptFence.Variable}={PosixShell.Quoted(AttemptFence.Of(folder, job))}"];
        var run = string.Join(' ', command.Append(folder.TaskFile(job)).Select(PosixShell.Quoted));
        return $"""
            #!/bin/bash
            # The step {task.Step}, attempt {Number(job.Attempt)}.
            read -r counts < {fence} && [ "$counts" = {Number(job.Attempt)} ] || exit 0
            {string.Join('\n', variables)}
            {(task.Ranks > 1 ? $"""exec srun --mpi="$""" + """{SLURM_MPI_TYPE:-pmix}" --kill-on-bad-exit=1 """ : "exec ")}{run}

            """.ReplaceLineEndings("\n");
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
