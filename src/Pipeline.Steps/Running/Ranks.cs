using Pipeline.Engine.Execution;
using Pipeline.Training.Distributed;

namespace Pipeline.Steps.Running;

/// <summary>Starting the processes of a step that runs as several, by the MPI of this machine.</summary>
public static class Ranks
{
    // Before a step says how many threads it wants, a rank gets along with one.
    private const int ThreadsAtStart = 1;

    public static RankLauncher Launcher { get; } = new(
        () => Mpi.Availability().Remedy,
        (ranks, command) => MpiLaunch.On(Mpi.Availability(), ranks, ThreadsAtStart).StartInfo(command[0], [.. command.Skip(1)], WatchedProcess.Current()));

    /// <summary>For workers: that this process is the one whose death they follow.</summary>
    public static IReadOnlyDictionary<string, string> FollowThisProcess() => new Dictionary<string, string> { [WatchedProcess.Variable] = WatchedProcess.Current().ToString() };

    public static bool UnderEngine => Environment.GetEnvironmentVariable(WatchedProcess.Variable) is { Length: > 0 };

    /// <summary>In a worker: ends it soon after the engine that started it is gone, however that ended.</summary>
    public static void FollowEngine() => ParentWatch.Start(Environment.GetEnvironmentVariable(WatchedProcess.Variable));

    /// <summary>The rank of this process; 0 where it is the only one.</summary>
    public static int Current() => MpiJob.LaunchedRank();
}
