using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>What changes a pipeline file from outside.</summary>
public sealed record ReadOptions
{
    /// <summary>Values of the file's <c>params</c>, as written after <c>--param name=</c>.</summary>
    public IReadOnlyDictionary<string, string> Params { get; init; } = new Dictionary<string, string>();

    /// <summary>Nodes to set, later ones last: <c>steps.pretrain.with.steps</c> and a YAML value.</summary>
    public IReadOnlyList<(string Path, string Value)> Sets { get; init; } = [];

    /// <summary>The overlay under <c>profiles</c> to lay over the file.</summary>
    public string? Profile { get; init; }

    /// <summary>The metrics of this pipeline's lock file at a commit, branch or tag: file and reference.</summary>
    public Func<string, string, LockedMetrics> LockAt { get; init; } = (_, reference) => new(null, $"the lock file at '{reference}' cannot be read here");

    /// <summary>Whether files that steps read have to be there. They need not before a run: a step may make them, and a stored result needs none.</summary>
    public bool LooksForFiles { get; init; }

    /// <summary>Reads an environment variable; null where it is not set.</summary>
    public Func<string, string?> Environment { get; init; } = _ => null;
}

/// <summary>A definition where there is no problem, otherwise every problem that was found, sorted by place.</summary>
/// <param name="Catalog">The step types that it may use: with those of its plugins, as far as they could be loaded.</param>
public sealed record ReadResult(PipelineDefinition? Definition, IReadOnlyList<Problem> Problems, StepCatalog Catalog);

/// <summary>Turns a pipeline file into checked records, or into all that is wrong with it.</summary>
public static class DefinitionReader
{
    private static readonly string[] Keys = ["name", "store", "include", "params", "profiles", "secrets", "env", "defaults", "gates", "plugins", "on", "steps"];

    public static ReadResult Read(string file, StepCatalog catalog, ReadOptions options)
    {
        try
        {
            return Read(SourceText.Load(file), catalog, options);
        }
        catch (RefusedException refused)
        {
            var problems = new ProblemList();
            refused.AddTo(problems);
            return new(null, problems.Sorted(file), catalog);
        }
    }

    /// <summary>As <see cref="Read(string, StepCatalog, ReadOptions)"/>, from a text in memory that stands for the file of that path.</summary>
    public static ReadResult ReadText(string text, string file, StepCatalog catalog, ReadOptions options) =>
        Read(new SourceText(file, text, isFile: true), catalog, options);

    private static ReadResult Read(SourceText source, StepCatalog catalog, ReadOptions options)
    {
        var problems = new ProblemList();
        PipelineDefinition? definition = null;
        try
        {
            definition = Define(source, ref catalog, options, problems);
        }
        catch (RefusedException refused)
        {
            refused.AddTo(problems);
        }

        return new(problems.Count == 0 ? definition : null, problems.Sorted(source.Name), catalog);
    }

    private static PipelineDefinition? Define(SourceText source, ref StepCatalog catalog, ReadOptions options, ProblemList problems)
    {
        if (NodeReader.Read(source, problems) is not { } node || node is ScalarNode { IsNull: true })
            throw new RefusedException(ProblemCodes.WrongShape, source.At(1, 1, 0), "the file is empty", "write name and steps");
        if (node is not MapNode root) throw new RefusedException(ProblemCodes.WrongShape, node.Place, $"a pipeline file is a mapping, not {node.Words}", "write name and steps");
        var overrides = new Overrides(options, problems);
        root = overrides.Apply(new Includes(problems).Apply(root, source));
        foreach (var (key, _) in root.Entries.Where(e => !Keys.Contains(e.Key.Text)))
            problems.Add(ProblemCodes.UnknownKey, key.Place, $"unknown key '{Excerpt.Short(key.Text)}' of a pipeline", Nearest.Remedy(key.Text, Keys, "a pipeline has"));
        var name = Name(root, source, problems);
        var parameters = new Params(root["params"], options, problems);
        var expressions = new Expressions(parameters, options, Path.GetDirectoryName(Path.GetFullPath(source.Name))!, problems);
        parameters.WorkOut(expressions);
        var store = Store(root, expressions, problems);
        var secrets = SecretDeclarations.Read(root["secrets"], expressions, problems);
        expressions.Secrets = [.. secrets.Select(s => s.Name)];
        var variables = new Variables(expressions, problems);
        var env = variables.OfFile(root["env"]);
        foreach (var (variable, value) in env) expressions.Declared.Add(variable, (string)value!);
        var types = catalog = new PluginReader(expressions, Path.GetDirectoryName(Path.GetFullPath(source.Name))!, problems).Read(root["plugins"], catalog);
        var triggers = new TriggerReader(expressions, problems).Read(root.Find("on"));
        var settings = new StepSettings(catalog, expressions, env, variables, problems);
        var baselines = new Baselines(reference => options.LockAt(source.Name, reference));
        var steps = Steps(root, source, problems) is { } written ? new StepReader(catalog, expressions, settings, problems, options.LooksForFiles ? Path.GetDirectoryName(Path.GetFullPath(source.Name)) : null).Read(Made(written)) : [];
        new Wiring(steps, catalog, expressions, problems).JoinAll();
        new StepConditions(steps, expressions, baselines, problems).ReadAll();
        Cycles.Report(steps, problems);
        if (problems.Count > 0) return null;
        var full = Path.GetFullPath(source.Name);
        return new(name, full, Path.GetDirectoryName(full)!, [.. steps.Select(Finished)]) { Store = store, Secrets = secrets, On = triggers };

        // What comes after sees steps as if each had been written out.
        MapNode Made(MapNode written)
        {
            var variants = new MatrixExpansion(types, expressions, problems).Apply(new RoundsExpansion(expressions, problems).Apply(written));
            var made = overrides.ApplyToVariants(root, new GatesExpansion(expressions, baselines, problems).Apply(variants, root["gates"]));
            if (StepDefaults.Read(root["defaults"], problems) is not { } defaults) return made;
            settings.Check(defaults);
            return StepDefaults.Apply(made, defaults);
        }
    }

    private static string Name(MapNode root, SourceText source, ProblemList problems)
    {
        var (name, place) = root["name"] switch
        {
            ScalarNode { IsNull: false } scalar => (scalar.Text, scalar.Place),
            null => (Path.GetFileNameWithoutExtension(source.Name), root.Place),
            var other => ("", other.Place),
        };
        if (!Names.IsPipeline(name))
            problems.Add(ProblemCodes.BadName, place, $"the pipeline's name '{Excerpt.Short(name)}' is not a file's name", "write name: with letters, digits, '.', '_' and '-', at most 100 of them");
        return name;
    }

    private static string? Store(MapNode root, Expressions expressions, ProblemList problems)
    {
        switch (root["store"] is { } node ? expressions.Resolve(node) : null)
        {
            case null or ScalarNode { IsNull: true }:
                return null;
            case ScalarNode uri:
                return uri.Text;
            case var other:
                problems.Add(ProblemCodes.WrongShape, other.Place, $"'store' is a URI, not {other.Words}", "write store: file:FOLDER, az://ACCOUNT/CONTAINER/PREFIX or s3://BUCKET/PREFIX");
                return null;
        }
    }

    private static MapNode? Steps(MapNode root, SourceText source, ProblemList problems)
    {
        switch (root["steps"])
        {
            case MapNode { Entries.Count: > 0 } steps:
                return steps;
            case null:
                problems.Add(ProblemCodes.MissingKey, source.At(1, 1, 0), "the pipeline has no 'steps'", "add steps:");
                return null;
            case MapNode or ScalarNode { IsNull: true }:
                problems.Add(ProblemCodes.MissingKey, root.Find("steps")!.Key.Place, "the pipeline has no steps", "add one: its name, and under it uses: STEP-TYPE");
                return null;
            case var other:
                problems.Add(ProblemCodes.WrongShape, other.Place, $"'steps' is a mapping of names to steps, not {other.Words}", "write each step as NAME: with uses: STEP-TYPE under it");
                return null;
        }
    }

    private static StepDefinition Finished(StepDraft step) => new()
    {
        Id = step.Id,
        Type = step.Type!,
        With = step.With!,
        MetricNames = [.. step.Metrics.Select(m => m.Name).Distinct()],
        Inputs = step.Inputs,
        Needs = step.Needs,
        When = step.When,
        Round = step.Round,
        Variant = step.VariantNode?.Variant,
        Rung = step.VariantNode?.Rung,
        Approve = step.Approve,
        Env = step.Env,
        Resources = step.Resources,
        Slurm = step.Slurm,
        Timeout = step.Timeout,
        Retry = step.Retry,
        Outputs = step.Outputs!,
        Location = step.Place.Location,
    };
}
