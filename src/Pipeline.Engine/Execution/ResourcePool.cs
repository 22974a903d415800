using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Execution;

/// <summary>What the machine has for steps.</summary>
public sealed record MachineResources(int Cpus, long MemoryBytes, int Gpus)
{
    public static MachineResources OfThisMachine() => new(
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        Directory.Exists("/dev") ? Directory.EnumerateFiles("/dev", "nvidia*").Count(f => int.TryParse(f["/dev/nvidia".Length..], out _)) : 0);
}

/// <summary>A share of the pool: given back when the step has ended.</summary>
/// <param name="Elsewhere">What a cluster is asked for; it takes nothing of this machine.</param>
public sealed record ResourceShare(int Cpus, long MemoryBytes, IReadOnlyList<int> Gpus, bool Elsewhere = false);

/// <summary>Tokens for cpus, memory, gpus and places. Used from the scheduler's loop only.</summary>
public sealed class ResourcePool(MachineResources machine, int jobs)
{
    private readonly SortedSet<int> gpus = [.. Enumerable.Range(0, machine.Gpus)];
    private int cpus = machine.Cpus;
    private long memory = machine.MemoryBytes;
    private int places = jobs;

    /// <summary>No step at all can start.</summary>
    public bool IsFull => places == 0 || cpus == 0;

    /// <summary>Why a step can never run here, or null.</summary>
    public static string? Refuse(StepDefinition step, MachineResources machine)
    {
        if (step.Slurm is not null) return null;
        var wanted = step.Resources;
        if (wanted.Gpus > machine.Gpus) return $"it asks for {wanted.Gpus} gpu{(wanted.Gpus == 1 ? "" : "s")} and this machine has {machine.Gpus}";
        return wanted.MemoryBytes > machine.MemoryBytes ? $"it asks for {wanted.MemoryBytes >> 20} MiB of memory and this machine has {machine.MemoryBytes >> 20} MiB" : null;
    }

    /// <summary>The share a step asks for, or null with what it waits for. More cpus than the machine has means all of them.</summary>
    public ResourceShare? TryTake(StepDefinition step, out string waitsFor)
    {
        var wanted = step.Resources;
        waitsFor = "";
        if (step.Slurm is not null) return new(Math.Max(wanted.Cpus, wanted.Ranks), wanted.MemoryBytes, [], Elsewhere: true);
        var share = Math.Min(Math.Max(wanted.Cpus, wanted.Ranks), machine.Cpus);
        waitsFor = places == 0 ? "a place (-j)" : cpus < share ? "a cpu" : memory < wanted.MemoryBytes ? "memory" : gpus.Count < wanted.Gpus ? "a gpu" : "";
        if (waitsFor.Length > 0) return null;
        var taken = gpus.Take(wanted.Gpus).ToList();
        gpus.ExceptWith(taken);
        places--;
        cpus -= share;
        memory -= wanted.MemoryBytes;
        return new(share, wanted.MemoryBytes, taken);
    }

    public void Return(ResourceShare share)
    {
        if (share.Elsewhere) return;
        places++;
        cpus += share.Cpus;
        memory += share.MemoryBytes;
        gpus.UnionWith(share.Gpus);
    }
}
