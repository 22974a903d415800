namespace Pipeline.Training.Distributed;

/// <summary>Runs one rank of a job from joining to leaving.</summary>
public static class MpiJob
{
    private const int Failed = 1;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <summary>True where a launcher of MPI started this process.</summary>
    public static bool IsLaunched => Mpi.LaunchedSize() is not null;

    /// <summary>Of this process, known before it joins the job; 0 where there is no launcher.</summary>
    public static int LaunchedRank() => Mpi.LaunchedRank() ?? 0;

    /// <summary>
    /// Calls <paramref name="body"/> with this rank's collective and returns what it returns. If it throws on rank 0, the exception comes out and the process must end,
    /// which ends the job. If it throws on another rank, its error goes to stderr and the job is ended after a grace: rank 0 speaks for the job, and has time to say
    /// why if it failed for the same reason.
    /// </summary>
    public static T Run<T>(Func<ICollective, T> body)
    {
        ParentWatch.Start(Environment.GetEnvironmentVariable(WatchedProcess.Variable));
        var collective = MpiCollective.Start();
        try
        {
            var result = body(collective);
            // Only now: leaving waits for all the others, and after a failure they may wait for this one.
            collective.Dispose();
            return result;
        }
        catch (Exception failure) when (collective.Rank > 0)
        {
            Console.Error.WriteLine($"rank {collective.Rank} of {collective.Size} failed: {failure}");
            Console.Error.Flush();
            Thread.Sleep(Grace);
            collective.Abort(Failed);
            throw;
        }
    }
}
