using System.CommandLine;
using Pipeline.Cli.Screens;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;

namespace Pipeline.Cli.Verbs;

internal static class GcVerb
{
    public static Command Create()
    {
        var state = PipelineArguments.StateOption();
        var days = new Option<double>("--older-than") { Description = "Keep everything younger than this many days.", DefaultValueFactory = _ => 14, HelpName = "DAYS" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would be removed; remove nothing." };
        days.Validators.Add(result =>
        {
            if (result.Tokens is [var given] && double.TryParse(given.Value, out var number) && !(number >= 0)) result.AddError("--older-than must be a number of days, 0 or more.");
        });
        var command = new Command("gc", "Remove results that are no pipeline's latest, and the blobs that only they named. What a lock file names is kept.") { Options = { state, days, dryRun } };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetValue(state) is { } given ? new StateFolder(given) : StateFolder.For(Path.Combine(Directory.GetCurrentDirectory(), "any.yaml"));
            if (!Directory.Exists(folder.Root)) throw new WrongInputException($"There is no state folder {folder.Root}; nothing has run here yet.");
            var around = Path.GetDirectoryName(folder.Root)!;
            var locks = Directory.EnumerateFiles(around, "*.lock.json", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 6, IgnoreInaccessible = true });
            var found = GarbageCollection.Collect(new EngineState(folder, TimeProvider.System), locks, TimeSpan.FromDays(parsed.GetValue(days)), parsed.GetValue(dryRun));
            var verb = parsed.GetValue(dryRun) ? "would remove" : "removed";
            Console.WriteLine($"{verb} {found.Results} results, {found.Blobs} blobs ({Text.Bytes(found.Bytes)}) and {found.Workspaces} unfinished workspaces");
            return ExitCode.Success;
        });
        return command;
    }
}
