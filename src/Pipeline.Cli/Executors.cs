using Pipeline.Cli.Verbs;
using Pipeline.Engine.Execution;
using Pipeline.Steps.Running;

namespace Pipeline.Cli;

/// <summary>Where the steps of an opened pipeline run on this machine.</summary>
internal sealed record Executors(IExecutor InProcess, IExecutor Worker)
{
    public static Executors For(OpenedPipeline opened) => new(
        new InProcessExecutor(opened.Catalog, opened.State.Store),
        new WorkerExecutor(WorkerVerb.CommandOfThisProgram(), Ranks.Launcher, Ranks.FollowThisProcess()));
}
