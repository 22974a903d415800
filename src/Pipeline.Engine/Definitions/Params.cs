namespace Pipeline.Engine.Definitions;

/// <summary>The <c>params</c> of a file with what <c>--param</c> says over them; each is worked out once.</summary>
internal sealed class Params
{
    /// <summary>Params may be made of params, but not through a chain as deep as the stack.</summary>
    private const int DeepestChain = 32;

    private readonly Dictionary<string, Node> given = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ScalarNode Name, MapNode Declaration)> typed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> overrides = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node?> values = new(StringComparer.Ordinal);
    private readonly List<string> chain = [];
    private readonly ProblemList problems;

    public Params(Node? declared, ReadOptions options, ProblemList problems)
    {
        this.problems = problems;
        if (declared is MapNode map)
        {
            foreach (var (name, value) in map.Entries) Declare(name, value);
        }
        else if (declared is not null and not ScalarNode { IsNull: true })
        {
            problems.Add(ProblemCodes.WrongShape, declared.Place, $"'params' is a mapping of names to values, not {declared.Words}");
        }

        foreach (var name in given.Keys.Where(n => !options.Params.ContainsKey(n)).ToList())
        {
            if (options.Environment(VariableOf(name)) is { } value) Override(name, value, VariableOf(name));
        }

        foreach (var name in options.Params.Keys.Order(StringComparer.Ordinal)) Override(name, options.Params[name], $"--param {name}");
    }

    public IReadOnlyCollection<string> Names => given.Keys;

    /// <summary>The environment variable that sets a param: <c>PIPELINE_PARAM_VOCAB_SIZE</c>.</summary>
    public static string VariableOf(string param) => "PIPELINE_PARAM_" + param.ToUpperInvariant().Replace('-', '_');

    /// <summary>Works out every param, so that a mistake in one that no step reads is found too.</summary>
    public void WorkOut(Expressions expressions)
    {
        foreach (var (name, node) in given) Value(name, expressions, () => node.Place);
    }

    /// <summary>Its value, or null where what is wrong with it has been said.</summary>
    public Node? Value(string name, Expressions expressions, Func<Place> use)
    {
        if (values.TryGetValue(name, out var value)) return value;
        if (chain.Contains(name))
        {
            problems.Add(ProblemCodes.ParamCycle, use(), $"params refer to each other in a circle: {string.Join(" -> ", chain.SkipWhile(p => p != name).Append(name))}", "give one of them a value of its own");
            return null;
        }

        if (chain.Count == DeepestChain) throw new RefusedException(ProblemCodes.TooDeepOrTooMany, use(), $"params refer to each other more than {DeepestChain} deep", null);
        chain.Add(name);
        var type = typed.TryGetValue(name, out var declared) ? ParamType.Read(declared.Name, declared.Declaration, expressions, problems) : null;
        // Where the declaration itself is wrong, its value is not looked at.
        value = type is null && declared.Name is not null ? null : WorkOut(name, given[name], expressions);
        if (value is not null && type?.Accepts(value, expressions, problems) == false) value = null;
        chain.RemoveAt(chain.Count - 1);
        return values[name] = value;
    }

    /// <summary>For messages about a value that came from this param.</summary>
    public string Origin(string name) => overrides.TryGetValue(name, out var by) ? $"params.{name}, set by {by}" : $"params.{name}";

    private Node? WorkOut(string name, Node node, Expressions expressions)
    {
        if (node is ScalarNode { Plain: true, Text: "" })
        {
            problems.Add(ProblemCodes.MissingParam, node.Place, $"the param '{name}' has no value", $"give one with --param {name}=VALUE, or write one here (null where none is meant)");
            return null;
        }

        return expressions.Resolve(node);
    }

    private void Declare(ScalarNode name, Node value)
    {
        if (!Definitions.Names.IsValid(name.Text))
            problems.Add(ProblemCodes.BadName, name.Place, $"the param '{Excerpt.Short(name.Text)}' has a bad name", Definitions.Names.Rule);
        if (value is MapNode declaration)
        {
            typed[name.Text] = (name, declaration);
            value = ParamType.DefaultOf(declaration) ?? new ScalarNode(name.Place, "", plain: true);
        }

        if (value is MapNode || (value is ListNode list && list.Items.Any(i => i is not ScalarNode)))
            problems.Add(ProblemCodes.WrongShape, value.Place, $"the param '{Excerpt.Short(name.Text)}' is {value.Words}{(value is ListNode ? " of more than plain values" : "")}", "a param is text, a number, true, false or a list of them");
        else given[name.Text] = value;
    }

    private void Override(string name, string text, string by)
    {
        var words = Excerpt.Short($"{by}={text}", 120);
        var at = new SourceText(words, text, isFile: false).At(0, 0, 0);
        if (!given.ContainsKey(name))
        {
            problems.Add(ProblemCodes.BadOverride, at, $"the pipeline has no param '{Excerpt.Short(name)}'", Nearest.Remedy(name, given.Keys, "it has") ?? "it has none");
            return;
        }

        try
        {
            overrides[name] = words;
            // A shell user writes texts such as 'What: this?' without thought for YAML; lists and quotes are asked for by their first character.
            var node = text is ['[' or '"' or '\'', ..] ? NodeReader.Read(at.Source, problems)! : new ScalarNode(at, text, plain: text.Length > 0);
            Declare(new ScalarNode(at, name, plain: true), node);
        }
        catch (RefusedException refused)
        {
            refused.AddTo(problems);
        }
    }
}
