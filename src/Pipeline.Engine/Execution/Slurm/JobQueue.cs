namespace Pipeline.Engine.Execution.Slurm;

/// <summary>The user's jobs as Slurm last showed them. All steps that wait share one look: a controller that serves thousands is not to be asked once a step.</summary>
internal sealed class JobQueue(TimeProvider clock)
{
    private readonly Lock gate = new();
    private (long Begun, Task<IReadOnlyList<JobState>> Jobs)? last;

    /// <param name="notBefore">A timestamp: a look that began earlier is too old.</param>
    /// <exception cref="SlurmException">Slurm does not answer.</exception>
    public Task<IReadOnlyList<JobState>> LookAsync(long notBefore)
    {
        lock (gate)
        {
            if (last is { } look && look.Begun >= notBefore) return look.Jobs;
            last = (clock.GetTimestamp(), SlurmCommands.LookAsync());
            return last.Value.Jobs;
        }
    }
}
