using System.CommandLine;
using System.Text.Json;
using Pipeline.Cli.Promoting;
using Pipeline.Cli.Reports;
using Pipeline.Cli.Screens;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Registry;

namespace Pipeline.Cli.Verbs;

internal static class RegistryVerb
{
    public static Command Create() => new("registry", "Models under names that stay: promote, roll back, list and export them. In the shared store where there is one.")
    {
        PromoteVerb.Create(),
        List(),
        Show(),
        History(),
        Rollback(),
        Resolve(),
        Export(),
    };

    private static Command List()
    {
        var arguments = new RegistryArguments();
        var json = PipelineArguments.JsonOption();
        var command = Reading("ls", "List the models, and where their aliases point.", arguments, json);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (registry, _) = arguments.Open(parsed);
            var models = await registry.ListAsync(cancellation);
            foreach (var (name, versions, aliases) in models)
            {
                if (parsed.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(new { name, versions, aliases = aliases.ToDictionary(a => a.Key, a => a.Value.Version) }));
                else Console.WriteLine($"{name}  {Text.Count(versions, "version")}{string.Concat(aliases.Select(a => $"  {a.Key} -> {a.Value.Version}"))}");
            }

            if (models.Count == 0 && !parsed.GetValue(json)) Console.Error.WriteLine($"no model in {registry.Address}");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Show()
    {
        var (arguments, reference, json) = (new RegistryArguments(), ReferenceArgument(), PipelineArguments.JsonOption());
        var command = Reading("show", "Show a version: what it holds and where it came from.", arguments, json, reference);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (registry, _) = arguments.Open(parsed);
            var wanted = RegistryArguments.Reference(parsed.GetValue(reference)!);
            var version = await registry.ResolveAsync(wanted, cancellation);
            if (parsed.GetValue(json))
            {
                Console.WriteLine(OneLine(JsonSerializer.Serialize(version, RegistryJson.Default.ModelVersion)));
                return ExitCode.Success;
            }

            Console.WriteLine($"{wanted.Name}@{version.Number}  {Visible(version.Kind)}  {version.Digest}");
            Console.WriteLine($"  of {Visible(version.Pipeline)}: {Visible(version.Step)}.{Visible(version.Output)} ({Visible(version.Uses)}), key {Visible(version.Key)}, made {version.Made:yyyy-MM-dd HH:mm:ss} UTC");
            foreach (var file in version.Files) Console.WriteLine($"  {Text.Bytes(file.Size),10}  {Visible(file.Path)}");
            var aliases = (await registry.ListAsync(cancellation)).First(m => m.Name == wanted.Name).Aliases.Where(a => a.Value.Version == version.Number).ToList();
            foreach (var (alias, entry) in aliases) Print(alias, entry);
            return ExitCode.Success;
        });
        return command;
    }

    private static Command History()
    {
        var (arguments, reference, json) = (new RegistryArguments(), ReferenceArgument(), PipelineArguments.JsonOption());
        var command = Reading("history", "Show who pointed an alias where, when and why, newest first.", arguments, json, reference);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (registry, _) = arguments.Open(parsed);
            var (wanted, alias) = WithAlias(parsed.GetValue(reference)!);
            var entries = await registry.HistoryAsync(wanted.Name, alias, cancellation);
            if (entries.Count == 0) throw new RegistryException($"There is no alias '{wanted}' in {registry.Address}; see: pipeline registry ls");
            foreach (var entry in entries.Reverse())
            {
                if (parsed.GetValue(json)) Console.WriteLine(OneLine(JsonSerializer.Serialize(entry, RegistryJson.Default.AliasEntry)));
                else Print(alias, entry);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static Command Rollback()
    {
        var (arguments, reference, json) = (new RegistryArguments(), new Argument<string>("NAME") { Description = "The model; NAME@ALIAS says both." }, PipelineArguments.JsonOption());
        var alias = new Argument<string?>("ALIAS") { Description = "The alias to point back.", Arity = ArgumentArity.ZeroOrOne };
        var to = new Option<int?>("--to") { Description = "To this version; to the one before otherwise.", HelpName = "VERSION" };
        var note = NoteOption();
        var command = Reading("rollback", "Point an alias at an earlier version. The history keeps both entries.", arguments, json, reference, alias);
        command.Options.Add(to);
        command.Options.Add(note);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (registry, state) = arguments.Open(parsed);
            RegistryArguments.RequireWriting(registry);
            var (wanted, name) = WithAlias(parsed.GetValue(alias) is { } second ? $"{parsed.GetValue(reference)}@{second}" : parsed.GetValue(reference)!);
            var entries = await registry.HistoryAsync(wanted.Name, name, cancellation);
            if (entries.Count == 0) throw new RegistryException($"There is no alias '{wanted}' in {registry.Address}; see: pipeline registry ls");
            var current = entries[^1];
            var before = entries.LastOrDefault(e => e.Version != current.Version);
            if (parsed.GetValue(to) is null && before is null) throw new WrongInputException($"'{wanted}' never pointed anywhere but at version {current.Version}; name another with --to.");
            var target = await registry.VersionAsync(wanted.Name, parsed.GetValue(to) ?? before!.Version, cancellation);
            if (target.Number == current.Version) throw new WrongInputException($"'{wanted}' points at version {current.Version} already.");
            // What is pointed at has to be there.
            await state.Cache.FetchAsync(target.Files, cancellation);
            var last = entries.LastOrDefault(e => e.Version == target.Number);
            var entry = new AliasEntry(0, "rollback", target.Number, current.Version, Promoter.Name(), state.Clock.GetUtcNow(), Promoter.Commit(Directory.GetCurrentDirectory()), last?.LockDigest, last?.Metrics ?? new Dictionary<string, double>(), last?.Gates ?? []) { Note = parsed.GetValue(note) ?? "" };
            return await PointAsync(registry, wanted.Name, name, current, entry, parsed.GetValue(json), cancellation);
        });
        return command;
    }

    private static Command Resolve()
    {
        var (arguments, reference, json) = (new RegistryArguments(), ReferenceArgument(), PipelineArguments.JsonOption());
        var command = Reading("resolve", "Print the digest that a reference stands for now.", arguments, json, reference);
        command.SetAction(async (parsed, cancellation) =>
        {
            var wanted = RegistryArguments.Reference(parsed.GetValue(reference)!);
            var version = await arguments.Open(parsed).Registry.ResolveAsync(wanted, cancellation);
            Console.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(new { name = wanted.Name, version = version.Number, digest = version.Digest }) : version.Digest);
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Export()
    {
        var (arguments, reference, json) = (new RegistryArguments(), ReferenceArgument(), PipelineArguments.JsonOption());
        var target = new Argument<string>("DIR") { Description = "The folder to write the files in; new or empty." };
        var command = Reading("export", "Write the files of a version into a folder.", arguments, json, reference, target);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (registry, state) = arguments.Open(parsed);
            var wanted = RegistryArguments.Reference(parsed.GetValue(reference)!);
            var folder = parsed.GetValue(target)!;
            // Two models in one folder would be neither.
            if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()) throw new WrongInputException($"'{folder}' is not empty; name a new folder.");
            var version = await registry.ResolveAsync(wanted, cancellation);
            await state.Cache.FetchAsync(version.Files, cancellation);
            Deliverables.Copy(state.Store, new ResultOutput(version.Digest, version.Files), folder);
            Console.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(new { name = wanted.Name, version = version.Number, digest = version.Digest, folder }) : $"{wanted.Name}@{version.Number}: {Text.Count(version.Files.Count, "file")}, {Text.Bytes(version.TotalBytes)} -> {folder}");
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Points an alias and says so, or says that another was first.</summary>
    public static async Task<int> PointAsync(ModelRegistry registry, string name, string alias, AliasEntry? seen, AliasEntry entry, bool json, CancellationToken cancellation)
    {
        try
        {
            var made = await registry.PointAsync(name, alias, seen, entry, cancellation);
            Console.WriteLine(json ? OneLine(JsonSerializer.Serialize(made, RegistryJson.Default.AliasEntry)) : $"models/{name}/{alias} -> version {made.Version}{(made.Previous is { } before ? $" (was {before})" : "")} in {registry.Address}");
            return ExitCode.Success;
        }
        catch (AliasMovedException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Stale;
        }
    }

    public static Option<string?> NoteOption() => new("--note") { Description = "A word for the history.", HelpName = "TEXT" };

    private static void Print(string alias, AliasEntry entry)
    {
        Console.WriteLine($"  {alias} -> {entry.Version}  {Visible(entry.Action)}{(entry.Previous is { } before ? $" from {before}" : "")}  {entry.At:yyyy-MM-dd HH:mm:ss} UTC  by {Visible(entry.By)}");
        if (entry.GitCommit is { } commit) Console.WriteLine($"      commit {Visible(commit)}{(entry.LockDigest is { } locked ? $", lock file {Visible(locked)[..Math.Min(12, Visible(locked).Length)]}" : "")}");
        foreach (var gate in entry.Gates) Console.WriteLine($"      {Visible(gate)}");
        if (entry.Metrics.Count > 0) Console.WriteLine($"      {string.Join("  ", entry.Metrics.Take(8).Select(m => $"{Visible(m.Key)} {Text.Number(m.Value)}"))}{(entry.Metrics.Count > 8 ? $"  and {entry.Metrics.Count - 8} more" : "")}");
        if (entry.Note.Length > 0) Console.WriteLine($"      {Visible(entry.Note)}");
    }

    private static Command Reading(string name, string description, RegistryArguments arguments, Option<bool> json, params IEnumerable<Argument> positions)
    {
        var command = new Command(name, description) { Options = { json } };
        foreach (var position in positions) command.Arguments.Add(position);
        arguments.AddTo(command);
        return command;
    }

    private static (ModelReference Reference, string Alias) WithAlias(string text) =>
        RegistryArguments.Reference(text) is { Alias: { } alias } reference ? (reference, alias) : throw new WrongInputException($"'{Visible(text)}' names no alias; write NAME@ALIAS.");

    private static Argument<string> ReferenceArgument() => new("NAME[@ALIAS]") { Description = "A model: NAME (its newest version), NAME@ALIAS or NAME@VERSION." };

    private static string OneLine(string json) => System.Text.Json.Nodes.JsonNode.Parse(json)!.ToJsonString();

    /// <summary>Others write into a shared store: no entry of theirs moves the cursor or colours a terminal.</summary>
    private static string Visible(string text) => MarkdownText.Visible(text ?? "");
}
