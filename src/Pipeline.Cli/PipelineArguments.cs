using System.CommandLine;
using System.CommandLine.Parsing;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Planning;
using Pipeline.Engine.Storage;
using Pipeline.Steps;

namespace Pipeline.Cli;

/// <summary>What the verbs that read a pipeline file have in common: the file, what changes it, and where its state lies.</summary>
internal sealed class PipelineArguments
{
    public const string StoreVariable = "PIPELINE_STORE";
    public const string CacheVariable = "PIPELINE_CACHE";

    public Argument<string> File { get; } = new("FILE") { Description = "The pipeline: a YAML file, or the name of one in pipelines/." };

    private readonly Option<string[]> param = new("--param") { Description = "Give a param of the file another value: --param seed=7", HelpName = "NAME=VALUE", DefaultValueFactory = _ => [] };
    private readonly Option<string[]> set = new("--set") { Description = "Change any place of the file: --set steps.pretrain.with.steps=100", HelpName = "PATH=VALUE", DefaultValueFactory = _ => [] };
    private readonly Option<string?> profile = new("--profile") { Description = "Lay one of the file's profiles over it.", HelpName = "NAME" };
    private readonly Option<string?> state = StateOption();
    private readonly Option<string?> store = StoreOption();
    private readonly Option<CacheMode?> cache = new("--cache") { Description = $"Whether the shared store is read and written (read-write, the default), only read, or left alone (off). Also {CacheVariable}.", HelpName = "MODE", CustomParser = CacheModes.Parse };

    public static Option<string?> StateOption() => new("--state") { Description = "Where results are kept; .pipeline/ at the root of the repository otherwise.", HelpName = "DIR" };

    public static Option<string?> StoreOption() => new("--store") { Description = $"A store to share results by: file:FOLDER, az://ACCOUNT/CONTAINER/PREFIX or s3://BUCKET/PREFIX. Also {StoreVariable}, or 'store' in the file.", HelpName = "URI" };

    public static Option<bool> JsonOption() => new("--json") { Description = "Print JSON for machines, one object a line." };

    public void AddTo(Command command)
    {
        command.Arguments.Add(File);
        command.Options.Add(param);
        command.Options.Add(set);
        command.Options.Add(profile);
        command.Options.Add(state);
        command.Options.Add(store);
        command.Options.Add(cache);
    }

    /// <exception cref="WrongInputException">The file is wrong; the message is the whole list of problems.</exception>
    /// <param name="writes">Whether the verb may put something into the shared store, if the user lets it.</param>
    /// <param name="more">Places of the file that options of the verb's own set.</param>
    /// <param name="looksForFiles">As <see cref="ReadOptions.LooksForFiles"/>.</param>
    /// <param name="known">The step types of an earlier reading, so that plugins that are the same are not loaded again.</param>
    public OpenedPipeline Open(ParseResult parsed, bool writes = false, IReadOnlyList<(string Path, string Value)>? more = null, StepCatalog? known = null, bool looksForFiles = false)
    {
        var file = FileOf(parsed);
        var catalog = known ?? BuiltInSteps.Catalog();
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Pairs(parsed, param)) parameters.Add(name, value);
        var options = new ReadOptions
        {
            Params = parameters,
            Sets = [.. Pairs(parsed, set), .. more ?? []],
            Profile = parsed.GetValue(profile),
            Environment = Environment.GetEnvironmentVariable,
            LockAt = Baselines.At,
            LooksForFiles = looksForFiles,
        };
        var read = DefinitionReader.Read(file, catalog, options);
        return read.Definition is { } definition ? new(definition, read.Catalog, StateOf(parsed, definition, writes), Given(parsed, options)) : throw new WrongInputException(ProblemPrinter.Print([.. read.Problems.Select(FromHere)]));
    }

    private GivenCommand Given(ParseResult parsed, ReadOptions read)
    {
        System.CommandLine.Option[] common = [param, set, profile, state, store, cache];
        // What a command proposed for later should not do again.
        string[] once = ["--json", "--force", "--dry-run", "--check", "--summary", "--against", "--junit"];
        var given = parsed.CommandResult.Children.OfType<OptionResult>().Where(o => !o.Implicit && !once.Contains(o.Option.Name)).ToList();
        return new(parsed.CommandResult.Command.Name, parsed.GetValue(File)!, Typed(given.Where(o => common.Contains(o.Option))), Typed(given.Where(o => !common.Contains(o.Option))), read);

        static List<string> Typed(IEnumerable<OptionResult> options) =>
            [.. options.SelectMany(o => o.Tokens.Count == 0 ? [o.Option.Name] : o.Tokens.SelectMany(t => (string[])[o.Option.Name, t.Value]))];
    }

    /// <summary>The place as one would type it: what terminals and editors make a link of.</summary>
    private static Problem FromHere(Problem problem) =>
        Path.IsPathRooted(problem.At.File) && Path.GetRelativePath(Directory.GetCurrentDirectory(), problem.At.File) is var near && near.Length < problem.At.File.Length
            ? problem with { At = problem.At with { File = near } } : problem;

    private EngineState StateOf(ParseResult parsed, PipelineDefinition definition, bool writes)
    {
        var folder = parsed.GetValue(state) is { } given ? new StateFolder(given) : StateFolder.For(definition.File);
        var mode = parsed.GetValue(cache) ?? CacheModes.FromEnvironment() ?? CacheMode.ReadWrite;
        var uri = parsed.GetValue(store) ?? Environment.GetEnvironmentVariable(StoreVariable) ?? definition.Store;
        if (mode == CacheMode.Off || string.IsNullOrEmpty(uri)) return new(folder, TimeProvider.System);
        var remote = OpenStore(uri, definition.Folder);
        return new(folder, TimeProvider.System, remote, writes && mode == CacheMode.ReadWrite, Console.Error.WriteLine);
    }

    /// <exception cref="WrongInputException">The URI names no store.</exception>
    public static IRemoteStore OpenStore(string uri, string folder)
    {
        try
        {
            return RemoteStores.Open(uri, folder, Environment.GetEnvironmentVariable);
        }
        catch (RemoteStoreException e)
        {
            throw new WrongInputException(e.Message);
        }
    }

    /// <summary>The full path of the file; a bare name stands for <c>pipelines/NAME.yaml</c>.</summary>
    public string FileOf(ParseResult parsed)
    {
        var given = parsed.GetValue(File)!;
        if (System.IO.File.Exists(given)) return Path.GetFullPath(given);
        var named = Path.Combine("pipelines", given + ".yaml");
        if (System.IO.File.Exists(named)) return Path.GetFullPath(named);
        throw new WrongInputException($"There is no file '{given}', nor '{named}', under {Directory.GetCurrentDirectory()}.");
    }

    private static List<(string Name, string Value)> Pairs(ParseResult parsed, Option<string[]> option)
    {
        var pairs = new List<(string, string)>();
        foreach (var text in parsed.GetValue(option) ?? [])
        {
            var equals = text.IndexOf('=');
            if (equals <= 0) throw new WrongInputException($"{option.Name} takes NAME=VALUE, but got '{text}'.");
            pairs.Add((text[..equals], text[(equals + 1)..]));
        }

        if (option.Name == "--param" && pairs.Find(p => pairs.FindAll(q => q.Item1 == p.Item1).Count > 1).Item1 is { } twice)
            throw new WrongInputException($"--param {twice} is given {pairs.FindAll(p => p.Item1 == twice).Count} times; give it once.");
        return pairs;
    }
}

/// <summary>A pipeline file that was read without problems, with its state.</summary>
internal sealed record OpenedPipeline(PipelineDefinition Definition, StepCatalog Catalog, EngineState State, GivenCommand Given)
{
    /// <summary>Of all of it, with nothing forced; made once.</summary>
    public Plan Plan => field ??= Verbs.PlanVerb.Make(this, new HashSet<string>());

    /// <summary>What verbs that look at results show.</summary>
    public ShownResults Results => field ??= new(this);

    public StepDefinition Step(string id) => Definition.Steps.FirstOrDefault(s => s.Id == id)
        ?? throw new WrongInputException($"{Definition.Name} has no step '{id}'; it has: {string.Join(", ", Definition.Steps.Select(s => s.Id))}.");

    /// <summary>What <c>STEP</c> (all its outputs) or <c>STEP.OUTPUT</c> names.</summary>
    public IEnumerable<(string Step, string Output)> Named(string reference)
    {
        if (reference.Contains('.')) return [Output(reference) is var (step, output) ? (step.Id, output.Name) : default];
        var whole = Step(reference);
        return whole.Outputs.Select(o => (whole.Id, o.Name));
    }

    /// <exception cref="WrongInputException">There is no shared store, or it may not be written to.</exception>
    public string RequireStore(bool forWriting) =>
        State.Cache.Address is not { } address ? throw new WrongInputException($"No shared store is set: give --store URI, {PipelineArguments.StoreVariable}, or 'store' in the file.")
        : forWriting && !State.Cache.Writes ? throw new WrongInputException($"{address} is only read: --cache or {PipelineArguments.CacheVariable} says so.")
        : address;

    /// <summary>A step and one of its outputs from <c>STEP</c> or <c>STEP.OUTPUT</c>; a step alone means its only output beside <c>metrics</c> and those that tell of it.</summary>
    public (StepDefinition Step, OutputPort Output) Output(string reference)
    {
        var dot = reference.IndexOf('.');
        var step = Step(dot < 0 ? reference : reference[..dot]);
        var own = OutputPort.Meant([.. step.Outputs.Where(o => o.Name != Metrics.Port)]);
        if (dot < 0) return own.Count == 1 ? (step, own[0]) : own.Count == 0 ? (step, step.Outputs[0]) : throw new WrongInputException($"'{step.Id}' has several outputs: {string.Join(", ", step.Outputs.Select(o => $"{step.Id}.{o.Name}"))}; name one.");
        return (step, step.Outputs.FirstOrDefault(o => o.Name == reference[(dot + 1)..])
            ?? throw new WrongInputException($"'{step.Id}' has no output '{reference[(dot + 1)..]}'; it has: {string.Join(", ", step.Outputs.Select(o => o.Name))}."));
    }

    /// <summary>An output's artifact with its files here, fetched where they were only in the shared store.</summary>
    public async Task<Artifact> FetchAsync(Engine.Caching.ResultOutput output, CancellationToken cancellation)
    {
        await State.Cache.FetchAsync(output.Files, cancellation);
        return new(output.Digest, output.Files, State.Store.Locate);
    }
}
