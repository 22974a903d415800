using Pipeline.Cli.Verbs;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Execution.Slurm;
using Pipeline.Steps.Running;

namespace Pipeline.Cli;

/// <summary>Where the steps of an opened pipeline can run.</summary>
internal static class Places
{
    public static Executors For(OpenedPipeline opened) => new(
        new InProcessExecutor(opened.Catalog, opened.State.Store),
        new WorkerExecutor(WorkerVerb.CommandOfThisProgram(), Ranks.Launcher, Ranks.FollowThisProcess()),
        new SlurmExecutor(WorkerVerb.CommandOfThisProgram(), opened.State.Clock),
        Ranks.Launcher);
}
