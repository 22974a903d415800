using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Execution;

/// <summary>The places where steps can run.</summary>
/// <param name="Ranks">How a worker on this machine starts several processes.</param>
public sealed record Executors(IExecutor InProcess, IExecutor Worker, IExecutor Slurm, RankLauncher Ranks)
{
    /// <summary>Only a process of its own can be held to a limit.</summary>
    public IExecutor For(StepDefinition step) =>
        step.Slurm is not null ? Slurm : step.Type.NeedsWorker || step.Resources.MemoryBytes > 0 || step.Resources.Ranks > 1 ? Worker : InProcess;
}
