using System.CommandLine;
using System.Text.RegularExpressions;
using Pipeline.Cli.Screens;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Lineage;
using Pipeline.Engine.Storage;
using Pipeline.Steps;
using Pipeline.Steps.Origins;

namespace Pipeline.Cli.Verbs;

internal static partial class LineageVerb
{
    public static Command Create()
    {
        var what = new Argument<string>("FILE|DIGEST") { Description = "A pipeline file, or the digest of an artifact or the key of a result (its first six digits or more). With --downstream also a source file." };
        var step = new Argument<string?>("STEP[.OUTPUT]") { Description = "With a pipeline file: a step, or one of its outputs. What no other step reads otherwise.", Arity = ArgumentArity.ZeroOrOne };
        var downstream = new Option<bool>("--downstream") { Description = "The other way: what was made from it." };
        var format = new Option<string>("--format") { Description = "text, mermaid or dot.", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "mermaid", "dot");
        var fetch = new Option<bool>("--fetch") { Description = "Fetch documents that are only in the shared store, to count their licences." };
        var all = new Option<bool>("--all") { Description = "Every source file and option in full." };
        var openLineage = new Option<bool>("--openlineage") { Description = "The events of a past run of FILE as OpenLineage, one JSON object a line." };
        var run = new Option<string?>("--run") { Description = "With --openlineage: this run; the newest of FILE otherwise.", HelpName = "ID" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object for machines." };
        var (state, store) = (PipelineArguments.StateOption(), PipelineArguments.StoreOption());
        var command = new Command("lineage", "Show where an artifact came from: source files, licences, recipes, git commits, runs and machines.") { Arguments = { what, step }, Options = { downstream, format, fetch, all, openLineage, run, json, state, store } };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (given, reference) = (parsed.GetValue(what)!, parsed.GetValue(step));
            RefuseIgnored(parsed);
            var digest = reference is null && LineageTargets.IsDigest(given);
            var file = digest ? null : FileOf(given);
            var folder = parsed.GetValue(state) is { } chosen ? new StateFolder(chosen) : StateFolder.For(file is not null && IsPipeline(file) ? file : Path.Combine(Directory.GetCurrentDirectory(), "any.yaml"));
            var (catalog, shared) = Known(file);
            using var remote = Remote(parsed.GetValue(store), shared, file);
            var engine = new EngineState(folder, TimeProvider.System, remote, notice: Console.Error.WriteLine);
            if (parsed.GetValue(openLineage)) return PastRun.Print(engine, catalog, file ?? throw new WrongInputException("--openlineage takes a pipeline file."), parsed.GetValue(run));

            var index = ResultIndex.Open(engine.Results, folder.Lineage);
            var names = new StepNames(folder, file is null ? null : Path.GetFileNameWithoutExtension(file));
            var walk = new LineageWalk(index, engine.Cache, names, () => Console.Error.WriteLine($"asking {engine.Cache.Address} for all its results"));
            var targets = new LineageTargets(engine, index, walk);
            var (asked, readBy) = (digest, parsed.GetValue(downstream)) switch
            {
                (true, _) => (await targets.ByDigestAsync(given, cancellation), []),
                (_, true) when reference is null && !IsPipeline(file!) => await targets.BySourceAsync(given, cancellation) is var (source, readers) ? ([source], readers) : default,
                _ => (targets.ByStep(file!, reference), (IReadOnlyList<string>)[]),
            };
            var graph = parsed.GetValue(downstream) ? await walk.DownAsync(asked, readBy, cancellation) : await walk.UpAsync(asked, cancellation);
            var view = await ViewAsync(graph, engine, catalog, parsed.GetValue(fetch), parsed.GetValue(downstream), cancellation);
            if (parsed.GetValue(json)) Console.WriteLine(RunEventJson.CanonicalOrder(LineageJson.Of(view)));
            else if (parsed.GetValue(format) == "mermaid") Console.Write(LineageDrawing.Mermaid(view));
            else if (parsed.GetValue(format) == "dot") Console.Write(LineageDrawing.Dot(view));
            else new LineageTree(view, parsed.GetValue(all), Console.Out).Print();
            return ExitCode.Success;
        });
        return command;

        // An option that changes nothing is a mistake of whoever gave it.
        void RefuseIgnored(ParseResult parsed)
        {
            var (events, drawn) = (parsed.GetValue(openLineage), parsed.GetValue(format) != "text");
            foreach (var (ignored, message) in new[]
            {
                (!events && parsed.GetValue(run) is not null, "--run goes with --openlineage."),
                (events && (parsed.GetValue(step) is not null || parsed.GetValue(downstream) || parsed.GetValue(fetch) || parsed.GetValue(all) || parsed.GetValue(json) || drawn), "--openlineage tells a whole run of FILE, as JSON: it goes with --run, --state and --store alone."),
                (drawn && (parsed.GetValue(json) || parsed.GetValue(all)), "--format draws: --json and --all are for other forms."),
                (parsed.GetValue(json) && parsed.GetValue(all), "--json has everything: leave --all out."),
                (parsed.GetValue(downstream) && parsed.GetValue(fetch), "--fetch counts the licences that went into something: it does not go with --downstream."),
            })
            {
                if (ignored) throw new WrongInputException(message);
            }
        }
    }

    private static async Task<LineageView> ViewAsync(LineageGraph graph, EngineState engine, StepCatalog catalog, bool fetch, bool downstream, CancellationToken cancellation)
    {
        var licenses = new Dictionary<string, IReadOnlyList<LicenseTally>>(StringComparer.Ordinal);
        var counter = new CollectedLicenses(catalog, engine, fetch);
        foreach (var step in downstream ? [] : graph.Steps)
        {
            if (await counter.OfAsync(step, cancellation) is { Count: > 0 } tallies) licenses[step.Result.Key] = tallies;
        }

        return new(graph, graph.Steps.ToDictionary(s => s.Result.Key, s => ChosenOptions.Of(catalog, s.Uses, s.Result.Recipe), StringComparer.Ordinal), licenses, downstream);
    }

    private static bool IsPipeline(string file) => Path.GetExtension(file) is ".yaml" or ".yml" or "";

    /// <summary>The file as it was when it ran: it need not be there any more. A bare name stands for <c>pipelines/NAME.yaml</c>.</summary>
    private static string FileOf(string given)
    {
        if (File.Exists(given) || Path.HasExtension(given)) return Path.GetFullPath(given);
        return Path.GetFullPath(Path.Combine("pipelines", given + ".yaml"));
    }

    /// <summary>The step types of the file's plugins and the store that it names, as long as it can be read; it is asked for nothing else.</summary>
    private static (StepCatalog Catalog, string? Store) Known(string? file)
    {
        var catalog = BuiltInSteps.Catalog();
        if (file is null || !File.Exists(file) || Path.GetExtension(file) is not (".yaml" or ".yml")) return (catalog, null);
        // A file of a thousand steps takes longer to read than its lineage.
        if (!NamesMore().IsMatch(File.ReadAllText(file))) return (catalog, null);
        var read = DefinitionReader.Read(file, catalog, new ReadOptions { Environment = Environment.GetEnvironmentVariable });
        return (read.Catalog, read.Definition?.Store);
    }

    private static IRemoteStore? Remote(string? given, string? shared, string? file)
    {
        var uri = given ?? Environment.GetEnvironmentVariable(PipelineArguments.StoreVariable) ?? shared;
        return string.IsNullOrEmpty(uri) || CacheModes.FromEnvironment() == CacheMode.Off ? null : PipelineArguments.OpenStore(uri, file is null ? Directory.GetCurrentDirectory() : Path.GetDirectoryName(file)!);
    }

    [GeneratedRegex("""\b(store|plugins|include)\b["']?\s*:""")]
    private static partial Regex NamesMore();
}
