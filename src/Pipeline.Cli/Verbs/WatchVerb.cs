using System.CommandLine;
using System.Text.Json;
using Pipeline.Cli.Screens;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution;
using Pipeline.Training.NativeLibraries;

namespace Pipeline.Cli.Verbs;

internal static class WatchVerb
{
    public static Command Create()
    {
        var pipeline = new PipelineArguments();
        var schedule = Many("--schedule", "Run at these times, as cron writes them, beside those of the file: \"0 3 * * 1-5\".", "CRON");
        var files = Many("--files", "Run when files change that match this glob.", "GLOB");
        var sources = new Option<bool>("--sources") { Description = "Run when the files that the steps read change, or the pipeline file." };
        var blobs = Many("--blobs", "Run when objects of this store change.", "URI");
        var commits = Many("--commits", "Run when this branch gets commits.", "BRANCH");
        var every = new Option<string>("--every") { Description = "How often to look, such as 500ms, 5s or 10m.", HelpName = "TIME", DefaultValueFactory = _ => "5s" };
        var once = new Option<bool>("--once") { Description = "Look once, run where something fired, and end with the run's exit code: for cron and timers." };
        var keepGoing = new Option<bool>("--keep-going", "-k") { Description = "After a failure, go on with what does not depend on it." };
        var libtorch = new Option<string?>(LibTorchChoice.Option) { Description = $"Load libtorch from this folder instead of the one that came along (also {LibTorchChoice.Variable}).", HelpName = "DIR" };
        var json = PipelineArguments.JsonOption();
        every.Validators.Add(result =>
        {
            if (result.Tokens is [var given] && TimeText.Parse(given.Value) is not { Ticks: > 0 }) result.AddError($"--every: {TimeText.Rule}.");
        });
        var command = new Command("watch", "Run a pipeline whenever a trigger of its 'on', or one given here, fires: a schedule, changed files or objects, commits.") { Options = { schedule, files, sources, blobs, commits, every, once, keepGoing, libtorch, json } };
        pipeline.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if ((parsed.GetValue(libtorch) ?? LibTorchChoice.Requested([])) is { } folder) LibTorchChoice.HandOn(folder);
            var more = new List<(string, string)>();
            foreach (var (option, place) in new[] { (schedule, "on.schedule"), (files, "on.files"), (blobs, "on.blobs"), (commits, "on.commits") })
            {
                if (parsed.GetValue(option) is { Length: > 0 } given) more.Add((place, JsonSerializer.Serialize(given)));
            }

            if (parsed.GetValue(sources)) more.Add(("on.sources", "true"));
            var watched = new WatchedPipeline(known => pipeline.Open(parsed, writes: true, more, known));
            if (watched.Opened.Definition.On.IsEmpty) throw new WrongInputException($"{parsed.GetValue(pipeline.File)} has no 'on', and no trigger is given: there is nothing to watch. See pipeline watch --help.");
            var screen = new WatchScreen(Console.Out, parsed.GetValue(json));
            var state = watched.Opened.State;
            var loop = new WatchLoop(new(state.Digests, uri => PipelineArguments.OpenStore(uri, watched.Opened.Definition.Folder)), new(state.Folder, watched.Opened.Definition.File), state.Clock, TimeText.Parse(parsed.GetValue(every)!)!.Value, screen.On);
            var code = ExitCode.Success;
            if (parsed.GetValue(once))
            {
                await loop.LookAndRunAsync(watched.Opened.Definition, Run, () => { }, cancellation);
                return code;
            }

            try
            {
                await loop.RunAsync(() => watched.Read(screen.On), Guarded, cancellation);
            }
            catch (OperationCanceledException)
            {
                // Being stopped is how a watch ends, unless a run was cut short.
                screen.Stopped();
            }

            return code == ExitCode.Cancelled ? code : ExitCode.Success;

            async Task Run(CancellationToken stop)
            {
                watched.Reopen();
                code = await RunVerb.RunAsync(watched.Opened, new RunOptions(Environment.ProcessorCount, new HashSet<string>(), parsed.GetValue(keepGoing), WaitForApproval: false), parsed.GetValue(json), null, stop);
                stop.ThrowIfCancellationRequested();
            }

            async Task Guarded(CancellationToken stop)
            {
                try
                {
                    await Run(stop);
                }
                catch (Exception e) when (e is WrongInputException or LibTorchException)
                {
                    screen.On(new WatchEvent.Failed(e.Message));
                }
            }
        });
        return command;
    }

    private static Option<string[]> Many(string name, string description, string help) => new(name) { Description = description, HelpName = help, DefaultValueFactory = _ => [] };
}
