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
        var store = new Option<string?>("--store") { Description = "Clean this shared store instead of the state folder; nothing younger than an hour goes.", HelpName = "URI" };
        var command = new Command("gc", "Remove results that are no pipeline's latest, and the blobs that only they named. What a lock file names, here or in any git ref, is kept.") { Options = { state, days, dryRun, store } };
        command.SetAction(async (parsed, cancellation) =>
        {
            var here = Directory.GetCurrentDirectory();
            var folder = parsed.GetValue(state) is { } given ? new StateFolder(given) : StateFolder.For(Path.Combine(here, "any.yaml"));
            var uri = parsed.GetValue(store);
            if (uri is null && !Directory.Exists(folder.Root)) throw new WrongInputException($"There is no state folder {folder.Root}; nothing has run here yet.");
            var around = Path.GetDirectoryName(folder.Root)!;
            var files = Directory.EnumerateFiles(around, "*.lock.json", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 6, IgnoreInaccessible = true });
            var locks = files.Select(Checked).OfType<string>().Concat(GitLocks.Of(around).Where(IsWhole)).ToList();
            var (age, dry) = (TimeSpan.FromDays(parsed.GetValue(days)), parsed.GetValue(dryRun));
            var engine = new EngineState(folder, TimeProvider.System);
            var verb = dry ? "would remove" : "removed";
            if (uri is null)
            {
                var found = GarbageCollection.Collect(engine, locks, age, dry);
                Console.WriteLine($"{verb} {Text.Count(found.Results, "result")}, {Text.Count(found.Blobs, "blob")}, {Text.Count(found.Pieces, "piece")} ({Text.Bytes(found.Bytes)}) and {Text.Count(found.Leftovers, "unfinished workspace")}{(found.HalfWritten > 0 ? $"; {Text.Count(found.HalfWritten, "half-written file")} of runs that were killed" : "")}");
            }
            else
            {
                using var remote = PipelineArguments.OpenStore(uri, here);
                var found = await RemoteGarbage.CollectAsync(remote, engine, locks, age, dry, cancellation);
                Console.WriteLine($"{remote.Address}: {verb} {Text.Count(found.Results, "result")}, {Text.Count(found.Blobs, "blob")} ({Text.Bytes(found.Bytes)}) and {Text.Count(found.Leftovers, "stale claim")}");
            }

            return ExitCode.Success;
        });
        return command;
    }

    /// <returns>Null for a file that is somebody else's.</returns>
    /// <exception cref="WrongInputException">The file does not say what is to be kept: nothing must go then.</exception>
    private static string? Checked(string file)
    {
        try
        {
            var text = File.ReadAllText(file);
            if (!LockFile.IsOne(text)) return null;
            LockFile.Parse(text, Path.GetRelativePath(Directory.GetCurrentDirectory(), file));
            return text;
        }
        catch (InvalidDataException e)
        {
            throw new WrongInputException($"{e.Message} Nothing was removed.");
        }
    }

    /// <summary>What history holds cannot be mended, and must not keep garbage from being collected for ever.</summary>
    private static bool IsWhole(string text)
    {
        try
        {
            LockFile.Parse(text, "");
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
