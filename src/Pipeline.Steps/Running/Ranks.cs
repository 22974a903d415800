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

    /// <summary>The rank of this process; 0 where it is the only one.</summary>
    public static int Current() => MpiJob.LaunchedRank();
}
