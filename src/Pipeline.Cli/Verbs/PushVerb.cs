using System.CommandLine;
using Pipeline.Cli.Screens;
using Pipeline.Engine.Planning;

namespace Pipeline.Cli.Verbs;

internal static class PushVerb
{
    public static Command Create()
    {
        var pipeline = new PipelineArguments();
        var command = new Command("push", "Put the stored results of a pipeline into its shared store: what was made offline, or without one.");
        pipeline.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var opened = pipeline.Open(parsed, writes: true);
            var address = opened.RequireStore(forWriting: true);
            var (results, bytes) = (0, 0L);
            foreach (var reuse in PlanVerb.Make(opened, new HashSet<string>()).Decisions.OfType<Decision.Reuse>())
            {
                // What is not here came from the store.
                if (opened.State.Results.Find(reuse.Result.Key) is not { } here) continue;
                bytes += await opened.State.Cache.PublishAsync(here, cancellation);
                results++;
            }

            if (opened.State.Cache.Unsent > 0 || !opened.State.Cache.IsShared) return ExitCode.StepFailed;
            Console.WriteLine($"{results} of {opened.Definition.Steps.Count} steps have their results in {address} ({Text.Bytes(bytes)} sent)");
            return ExitCode.Success;
        });
        return command;
    }
}
