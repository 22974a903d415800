using System.Diagnostics;
using Pipeline.Engine.Execution;

namespace Pipeline.Steps.Running;

/// <summary>Starting the processes of a step that runs as several, by Open MPI's <c>mpirun</c> on this machine.</summary>
public static class Ranks
{
    public static RankLauncher Launcher { get; } = new(
        () => OnPath("mpirun") is null ? "Open MPI is not installed (Debian, Ubuntu: apt-get install openmpi-bin libopenmpi3)" : null,
        Start);

    /// <summary>The rank of this process; 0 where it is the only one.</summary>
    public static int Current() => int.TryParse(Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_RANK"), out var rank) ? rank : 0;

    private static ProcessStartInfo Start(int ranks, IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(OnPath("mpirun")!, ["-np", $"{ranks}", "--oversubscribe", "--bind-to", "none", .. command]);
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1";
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
        start.Environment["TERM"] = "dumb";
        return start;
    }

    private static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists);
}
