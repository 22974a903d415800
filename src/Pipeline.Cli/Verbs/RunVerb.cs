using System.CommandLine;
using Pipeline.Cli.Reports;
using Pipeline.Cli.Screens;
using Pipeline.Engine.Execution;
using Pipeline.Training.NativeLibraries;

namespace Pipeline.Cli.Verbs;

internal static class RunVerb
{
    public static Command Create()
    {
        var pipeline = new PipelineArguments();
        var dryRun = new Option<bool>("--dry-run") { Description = "Show the plan and stop." };
        var jobs = new Option<int>("--jobs", "-j") { Description = "How many steps may run at once; the number of CPUs otherwise.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var force = new Option<string[]>("--force") { Description = "Run this step though its result is stored. May be given several times.", HelpName = "STEP", DefaultValueFactory = _ => [] };
        var keepGoing = new Option<bool>("--keep-going", "-k") { Description = "After a failure, go on with what does not depend on it." };
        var noWait = new Option<bool>("--no-wait") { Description = "Where a step asks for approval, end without it (exit code 5) instead of waiting; run again once it is approved." };
        var locked = LockArguments.Option("End with exit code 3 where a step would have another recipe, or comes out otherwise, than the lock file says.");
        // Main has acted on it before the command line is parsed; workers inherit it.
        var libtorch = new Option<string?>(LibTorchChoice.Option) { Description = $"Load libtorch from this folder instead of the one that came along (also {LibTorchChoice.Variable}).", HelpName = "DIR" };
        var openLineage = new Option<string?>("--openlineage") { Description = $"Tell the run as OpenLineage events: append them to this file, or post them to this http(s) address (also {OpenLineage.UrlVariable}).", HelpName = "FILE|URL" };
        var json = PipelineArguments.JsonOption();
        jobs.Validators.Add(result =>
        {
            // What is no number at all the parser itself refuses.
            if (result.Tokens is [var given] && int.TryParse(given.Value, out var number) && number < 1) result.AddError("--jobs must be at least 1.");
        });
        var command = new Command("run", "Run what is not in the store, and say why.") { Options = { dryRun, jobs, force, keepGoing, noWait, locked, libtorch, openLineage, json } };
        var ci = new CiArguments();
        ci.AddTo(command);
        pipeline.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if ((parsed.GetValue(libtorch) ?? LibTorchChoice.Requested([])) is { } folder) LibTorchChoice.HandOn(folder);
            var opened = pipeline.Open(parsed, writes: true);
            var forced = (parsed.GetValue(force) ?? []).Select(id => opened.Step(id).Id).ToHashSet(StringComparer.Ordinal);
            var chosen = ci.Choose(parsed, opened);
            var holds = parsed.GetValue(locked) ? LockArguments.Read(opened) : null;
            if (parsed.GetValue(dryRun) && holds is not null && LockArguments.Differences(opened, forced) is { Count: > 0 } differences)
            {
                CiArguments.Write(chosen, opened, differences);
                return LockArguments.Tell(opened, differences, parsed.GetValue(json));
            }

            if (parsed.GetValue(dryRun)) return PlanVerb.Show(opened, forced, parsed.GetValue(json), check: false, chosen);

            var options = new RunOptions(parsed.GetValue(jobs), forced, parsed.GetValue(keepGoing), holds, !parsed.GetValue(noWait));
            return await RunAsync(opened, options, parsed.GetValue(json), parsed.GetValue(openLineage), cancellation, chosen);
        });
        return command;
    }

    /// <summary>Runs an opened pipeline on the screen that fits, and returns the exit code.</summary>
    /// <param name="reports">What to write for CI; null for nothing.</param>
    /// <param name="openLineage">Where to tell it as OpenLineage events, beside what the environment says.</param>
    internal static async Task<int> RunAsync(OpenedPipeline opened, RunOptions options, bool json, string? openLineage, CancellationToken cancellation, CiArguments.Chosen? reports = null)
    {
        using var log = new RunLog(opened.State.Folder);
        using var screen = Screen.Choose(json, opened);
        using var telemetry = Telemetry.Start(Console.Error.WriteLine);
        await using var exporting = OpenLineage.Export(openLineage, opened);
        IRunObserver?[] observers = [log, screen, telemetry is null ? null : Telemetry.Observer(), exporting?.Observer];
        var scheduler = new Scheduler(opened.State, Places.For(opened), MachineResources.OfThisMachine());
        RunSummary summary;
        try
        {
            summary = await scheduler.RunAsync(opened.Definition, options, new Several([.. observers.OfType<IRunObserver>()]), cancellation);
        }
        catch (LockDiffersException e)
        {
            if (reports is not null) CiArguments.Write(reports, opened, e.Differences);
            return LockArguments.Tell(opened, e.Differences, json);
        }
        catch (InfeasibleException e)
        {
            throw new WrongInputException(e.Message);
        }

        if (reports is not null) CiArguments.Write(reports, opened, summary);

        return summary.Status switch
        {
            RunStatus.Succeeded => ExitCode.Success,
            RunStatus.Cancelled => ExitCode.Cancelled,
            RunStatus.Waiting => ExitCode.WaitsForApproval,
            _ when summary.LockBroken => ExitCode.Stale,
            _ => summary.GateFailed ? ExitCode.GateFailed : ExitCode.StepFailed,
        };
    }

    private sealed class Several(IReadOnlyList<IRunObserver> observers) : IRunObserver
    {
        public void On(RunEvent happened)
        {
            foreach (var observer in observers) observer.On(happened);
        }
    }
}
