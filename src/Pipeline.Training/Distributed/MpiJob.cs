namespace Pipeline.Training.Distributed;

/// <summary>Runs one rank of a job from joining to leaving.</summary>
public static class MpiJob
{
    private const int Failed = 1;

    /// <summary>True where a launcher of MPI started this process.</summary>
    public static bool IsLaunched => Mpi.LaunchedSize() is not null;

    /// <summary>
    /// Calls <paramref name="body"/> with this rank's collective and returns what it returns. If it throws, the whole job is ended with exit code 1 and the error on
    /// stderr: the other ranks would wait for this one for ever.
    /// </summary>
    public static int Run(Func<ICollective, int> body)
    {
        ParentWatch.Start(Environment.GetEnvironmentVariable(WatchedProcess.Variable));
        using var collective = MpiCollective.Start();
        try
        {
            return body(collective);
        }
        catch (Exception failure)
        {
            Console.Error.WriteLine($"rank {collective.Rank} of {collective.Size} failed: {failure}");
            Console.Error.Flush();
            collective.Abort(Failed);
            throw;
        }
    }
}
