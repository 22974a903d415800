namespace Pipeline.Training.Distributed;

/// <summary>What this machine has of MPI. <see cref="Remedy"/> is null if and only if ranks can be launched.</summary>
public sealed record MpiAvailability(MpiImplementation? Implementation, string? Version, string? Launcher, string? Remedy);

/// <summary>Which MPI there is, and which one a rank belongs to.</summary>
public static class Mpi
{
    /// <summary>Set to <c>openmpi</c> or <c>mpich</c> where both are installed and the choice matters.</summary>
    public const string ChoiceVariable = "PIPELINE_MPI";

    private const string Install = "Install Open MPI: apt-get install openmpi-bin libopenmpi3";

    /// <summary>Never throws: says what is missing instead.</summary>
    public static MpiAvailability Availability() => Availability(Environment.GetEnvironmentVariable(ChoiceVariable), Environment.GetEnvironmentVariable("PATH") ?? "");

    /// <param name="choice">As in <see cref="ChoiceVariable"/>; null tries Open MPI first.</param>
    /// <param name="path">The folders to look for launchers in, as in the variable PATH.</param>
    public static MpiAvailability Availability(string? choice, string path)
    {
        if (Candidates(choice) is not { } candidates) return new(null, null, null, $"{ChoiceVariable} is '{choice}': use openmpi or mpich");
        MpiAvailability? incomplete = null;
        foreach (var implementation in candidates)
        {
            if (MpiLibrary.TryLoad(implementation) is not { } library) continue;
            var launcher = FindLauncher(implementation, path);
            var found = new MpiAvailability(implementation, library.Version(), launcher, launcher is null ? $"{library.Version()} is here without its launcher. {InstallLauncher(implementation)}" : null);
            if (found.Remedy is null) return found;
            incomplete ??= found;
        }

        return incomplete ?? new(null, null, null, $"No MPI was found (libmpi.so.40 or libmpich.so.12). {Install}");
    }

    /// <summary>The library of the implementation whose launcher started this process.</summary>
    internal static MpiLibrary LoadForRank()
    {
        var choice = Environment.GetEnvironmentVariable(ChoiceVariable) ?? LaunchedBy();
        var candidates = Candidates(choice) ?? throw new MpiException($"{ChoiceVariable} is '{choice}': use openmpi or mpich");
        return candidates.Select(MpiLibrary.TryLoad).OfType<MpiLibrary>().FirstOrDefault() ?? throw new MpiException($"No MPI was found for '{choice ?? "any"}'. {Install}");
    }

    /// <summary>How many ranks the launcher of this process said it started, or null where there was none.</summary>
    internal static int? LaunchedSize() => Launched("OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS");

    internal static int? LaunchedRank() => Launched("OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID");

    /// <summary>Under <c>srun --mpi=pmix</c> Open MPI learns its place from PMIx, which is asked through the library only: Slurm's own variables say the same.</summary>
    private static int? Launched(string openMpi, string mpich, string slurm) =>
        int.TryParse(Variable(openMpi) ?? Variable(mpich) ?? (Variable("PMIX_RANK") is null ? null : Variable(slurm)), out var number) ? number : null;

    private static string? LaunchedBy() =>
        Variable("OMPI_COMM_WORLD_RANK") is not null || Variable("PMIX_RANK") is not null ? "openmpi" : Variable("PMI_RANK") is not null ? "mpich" : null;

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name);

    private static MpiImplementation[]? Candidates(string? choice) => choice switch
    {
        null or "" => [MpiImplementation.OpenMpi, MpiImplementation.Mpich],
        "openmpi" => [MpiImplementation.OpenMpi],
        "mpich" => [MpiImplementation.Mpich],
        _ => null,
    };

    private static string InstallLauncher(MpiImplementation implementation) => implementation == MpiImplementation.OpenMpi ? Install : "Install it: apt-get install mpich";

    /// <summary>Names that say whose launcher it is come first; a plain mpirun may be either's.</summary>
    private static string? FindLauncher(MpiImplementation implementation, string path)
    {
        string[] names = implementation == MpiImplementation.OpenMpi ? ["mpirun.openmpi", "mpirun"] : ["mpiexec.hydra", "mpirun.mpich"];
        var folders = path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return (from name in names from folder in folders let file = Path.Combine(folder, name) where File.Exists(file) && !BelongsToOther(file, implementation) select file).FirstOrDefault();
    }

    private static bool BelongsToOther(string file, MpiImplementation implementation)
    {
        var target = File.ResolveLinkTarget(file, returnFinalTarget: true)?.Name ?? Path.GetFileName(file);
        return implementation == MpiImplementation.OpenMpi && (target.Contains("hydra", StringComparison.Ordinal) || target.Contains("mpich", StringComparison.Ordinal));
    }
}
