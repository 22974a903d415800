using System.Diagnostics;
using System.Globalization;

namespace Pipeline.Training.Distributed;

/// <summary>How the ranks of a job on this machine are started.</summary>
/// <param name="ThreadsPerRank">Stated, never guessed: the number of threads changes the bits of a matrix product.</param>
public sealed record MpiLaunch(MpiImplementation Implementation, string Launcher, int Ranks, int ThreadsPerRank)
{
    /// <exception cref="MpiException">No MPI; the message says what to install.</exception>
    public static MpiLaunch On(MpiAvailability mpi, int ranks, int threadsPerRank) =>
        mpi is { Implementation: { } implementation, Launcher: { } launcher, Remedy: null } ? new(implementation, launcher, ranks, threadsPerRank) : throw new MpiException(mpi.Remedy ?? "no MPI");

    /// <param name="follow">Processes whose death must end every rank: at least the engine.</param>
    public ProcessStartInfo StartInfo(string command, IReadOnlyList<string> arguments, params IReadOnlyList<WatchedProcess> follow)
    {
        if (Ranks < 1 || ThreadsPerRank < 1) throw new ArgumentException($"{Ranks} ranks of {ThreadsPerRank} threads cannot be started: both must be at least 1");
        string[] placement = Implementation == MpiImplementation.OpenMpi
            // Unbound: bound to a core, as is its default, a rank's threads would share that one.
            ? ["-np", Number(Ranks), "--oversubscribe", "--bind-to", "none"]
            : ["-n", Number(Ranks), "-bind-to", "none"];
        var info = new ProcessStartInfo(Launcher, [.. placement, command, .. arguments]);
        foreach (var (name, value) in Environment(follow)) info.Environment[name] = value;
        return info;
    }

    private Dictionary<string, string> Environment(IReadOnlyList<WatchedProcess> follow) => new()
    {
        [Mpi.ChoiceVariable] = Implementation == MpiImplementation.OpenMpi ? "openmpi" : "mpich",
        [WatchedProcess.Variable] = string.Join(';', follow),
        ["OMP_NUM_THREADS"] = Number(ThreadsPerRank),
        ["MKL_NUM_THREADS"] = Number(ThreadsPerRank),
        ["OMPI_ALLOW_RUN_AS_ROOT"] = "1",
        ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1",
        // Open MPI's launcher asks the terminal for its type and fails without one.
        ["TERM"] = "dumb",
    };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
