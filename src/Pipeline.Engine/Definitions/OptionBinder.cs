using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>Checks what a file gives for an option tree and completes it with defaults.</summary>
/// <param name="owner">Whose options these are, for messages: <c>tokenizer.train-bpe</c>.</param>
/// <param name="takesMetrics">Whether metrics of steps may be values: where there is time to wait for them.</param>
internal sealed class OptionBinder(string owner, Option root, Expressions expressions, ProblemList problems, bool takesMetrics = false)
{
    private readonly List<(string Name, Place At)> metrics = [];

    // By reference: an option compares its whole tree otherwise.
    private readonly Dictionary<Option, JsonNode?> defaults = new(ReferenceEqualityComparer.Instance);
    private bool failed;

    /// <summary>The metrics of steps that the last value holds.</summary>
    public IReadOnlyList<(string Name, Place At)> Metrics => [.. metrics];

    /// <summary>The complete value, or null where something is wrong with it.</summary>
    /// <param name="given">Null where the file says nothing.</param>
    /// <param name="at">Where to say that something is missing.</param>
    public JsonObject? Bind(Node? given, Place at)
    {
        failed = false;
        metrics.Clear();
        var value = given is null ? Group(root, new MapNode(at, []), "", at) : Value(root, given, "", at);
        return failed ? null : value as JsonObject;
    }

    /// <summary>As <see cref="Bind"/>, for a root that is a mapping of names of the file's own.</summary>
    public JsonObject? BindMap(Node given, Place at)
    {
        failed = false;
        var value = Value(root, given, "", at);
        return failed ? null : value as JsonObject;
    }

    /// <summary>The value of an option, where the file gives it; else the nearest thing above it that the file gives.</summary>
    public Node? Locate(Node? given, string path)
    {
        var node = given;
        foreach (var name in path.Split(['.', '['], StringSplitOptions.RemoveEmptyEntries))
        {
            var below = node is null ? null : expressions.Resolve(node) switch
            {
                MapNode map => map[name],
                ListNode list when int.TryParse(name.TrimEnd(']'), out var index) => list.Items.ElementAtOrDefault(index),
                _ => null,
            };
            if (below is null) break;
            node = below;
        }

        return node;
    }

    private JsonNode? Value(Option option, Node given, string path, Place at)
    {
        if (option is { Secret: true, Kind: OptionKind.Text } && given is ScalarNode secret && Expressions.SecretIn(secret) is { } name) return Secret(name, secret);
        if (takesMetrics && TakesMetric(option, path) && given is ScalarNode borrowed && Expressions.MetricIn(borrowed) is { } metric)
        {
            metrics.Add((metric, borrowed.Place));
            return MetricReference.To(metric);
        }

        if (expressions.Resolve(given) is not { } node)
        {
            failed = true;
            return null;
        }

        if (node is ScalarNode { IsNull: true } && option.Nullable) return null;
        return (option.Kind, node) switch
        {
            (OptionKind.Group, MapNode map) => Group(option, map, path, at),
            (OptionKind.Group, ScalarNode { IsNull: true }) when path.Length == 0 => Group(option, new MapNode(node.Place, []), path, at),
            (OptionKind.List, ListNode list) => new JsonArray([.. list.Items.Select((item, i) => Value(option.Element!, item, $"{path}[{i}]", item.Place))]),
            (OptionKind.Map, MapNode map) => new JsonObject(map.Entries.Select(e => KeyValuePair.Create(e.Key.Text, Value(option.Element!, e.Value, Join(path, e.Key.Text), e.Key.Place)))),
            (OptionKind.Text, ScalarNode { IsNull: false } text) => JsonValue.Create(text.Text),
            (OptionKind.Choice, ScalarNode { IsNull: false } word) => Choice(option, word, path),
            (OptionKind.Boolean, ScalarNode { Plain: true } word) when Scalars.Boolean(word.Text) is { } value => JsonValue.Create(value),
            (OptionKind.Integer, ScalarNode { Plain: true } number) when Scalars.Integer(number.Text) is { } value => InRange(option, value, path, number) ? JsonValue.Create(value) : null,
            (OptionKind.Number, ScalarNode { Plain: true } number) when Scalars.Number(number.Text) is { } value => InRange(option, value, path, number) ? JsonValue.Create(value) : null,
            _ => WrongType(option, node, path),
        };
    }

    /// <summary>Numbers, and texts under names of the file's own, such as variables: other texts and lists may decide what files and outputs a step has.</summary>
    private bool TakesMetric(Option option, string path) =>
        option.Kind is OptionKind.Integer or OptionKind.Number
        || (option.Kind == OptionKind.Text && option.Name.Length == 0 && path.Split('.') is [var map, _] && root.Members.Any(m => m.Name == map && m.Kind == OptionKind.Map));

    private JsonObject? Secret(string name, ScalarNode given)
    {
        if (expressions.Secrets.Contains(name)) return SecretReference.To(name);
        Wrong(ProblemCodes.BadSecret, given.Place, $"the pipeline has no secret '{name}'", Nearest.Remedy(name, expressions.Secrets, "it has") ?? $"add secrets: {{ {name}: {{ env: VARIABLE }} }}");
        return null;
    }

    private JsonObject Group(Option option, MapNode given, string path, Place at)
    {
        var meant = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, _) in given.Entries)
        {
            if (option.Members.All(m => m.Name != key.Text) && Unknown(option, key, path) is { } name) meant.Add(name);
        }

        var group = new JsonObject();
        foreach (var member in option.Members)
        {
            var name = Join(path, member.Name);
            if (given.Find(member.Name) is { } entry) group[member.Name] = Value(member, entry.Value, name, entry.Key.Place);
            else if (!meant.Contains(member.Name)) group[member.Name] = Missing(member, name, at);
        }

        return group;
    }

    private JsonNode? Missing(Option option, string path, Place at)
    {
        if (option.Required)
        {
            Wrong(ProblemCodes.MissingOption, at, $"{owner} needs the option '{path}'", Remedy(option, $"add {option.Name}"));
            return null;
        }

        if (option.Kind == OptionKind.Group && !(option.Nullable && option.Default is null)) return Group(option, new MapNode(at, []), path, at);
        if (!defaults.TryGetValue(option, out var value)) defaults[option] = value = Defaults.Of(option);
        return value?.DeepClone();
    }

    private JsonValue? Choice(Option option, ScalarNode word, string path)
    {
        if (option.Choices.Contains(word.Text)) return JsonValue.Create(word.Text);
        var near = option.ChoicesElsewhere.GetValueOrDefault(word.Text) ?? Nearest.Of(word.Text, option.Choices);
        Wrong(ProblemCodes.NotAChoice, word.Place, $"{Name(path)} cannot be '{Excerpt.Short(word.Text)}'{word.OriginWords}", near is null ? Describe(option) : $"did you mean '{near}'? ({Describe(option)})");
        return null;
    }

    private bool InRange(Option option, double value, string path, ScalarNode number)
    {
        if (value >= (option.Minimum ?? double.NegativeInfinity) && value <= (option.Maximum ?? double.PositiveInfinity)) return true;
        Wrong(ProblemCodes.OutOfRange, number.Place, $"{Name(path)} cannot be {number.Words}", Describe(option));
        return false;
    }

    private JsonNode? WrongType(Option option, Node node, string path)
    {
        var wanted = option.Kind switch { OptionKind.Integer => "an integer", OptionKind.Number => "a number", _ => option.Noun };
        Wrong(ProblemCodes.WrongType, node.Place, $"{Name(path)} takes {wanted}, not {node.Words}", Hint(option, node) ?? Describe(option));
        return null;
    }

    private static string? Hint(Option option, Node node) => (option.Kind, node) switch
    {
        (OptionKind.Boolean, ScalarNode { Text: "yes" or "on" or "True" or "TRUE" or "Yes" or "On" or "y" }) => "write true",
        (OptionKind.Boolean, ScalarNode { Text: "no" or "off" or "False" or "FALSE" or "No" or "Off" or "n" }) => "write false",
        (OptionKind.Integer, ScalarNode { Plain: false } s) when Scalars.Integer(s.Text) is not null => $"write {s.Text} without quotes",
        (OptionKind.Number, ScalarNode { Plain: false } s) when Scalars.Number(s.Text) is not null => $"write {s.Text} without quotes",
        (OptionKind.Integer or OptionKind.Number, ScalarNode { Plain: true } s) when s.Text.Contains('_') && Scalars.Number(s.Text.Replace("_", "", StringComparison.Ordinal)) is not null => $"write {s.Text.Replace("_", "", StringComparison.Ordinal)}",
        (OptionKind.List, ScalarNode { IsNull: false } s) => $"write [{s.Text}]",
        _ => null,
    };

    /// <returns>The member that was probably meant: it is not missing then.</returns>
    private string? Unknown(Option group, ScalarNode key, string path)
    {
        var near = group.Members.FirstOrDefault(m => m.NamesElsewhere.Contains(key.Text))?.Name ?? Nearest.Of(key.Text, group.Members.Select(m => m.Name));
        var elsewhere = near is null ? Paths(root, "").FirstOrDefault(p => p.Option.Name == key.Text || p.Option.NamesElsewhere.Contains(key.Text)).Path : null;
        var remedy = near is not null ? $"did you mean '{near}'? ({Describe(group.Members.First(m => m.Name == near))})"
            : elsewhere is not null ? $"did you mean '{elsewhere}'?"
            : group.Members.Count == 0 ? "it takes no options"
            : $"it takes {Excerpt.List(group.Members.Select(m => m.Name))}";
        Wrong(ProblemCodes.UnknownOption, key.Place, $"unknown option '{Excerpt.Short(Join(path, key.Text))}' of {owner}", remedy);
        return near;
    }

    private void Wrong(string code, Place at, string message, string? remedy)
    {
        failed = true;
        problems.Add(code, at, message, remedy);
    }

    private static IEnumerable<(string Path, Option Option)> Paths(Option option, string path) =>
        option.Members.SelectMany(m => Paths(m, Join(path, m.Name)).Prepend((Join(path, m.Name), m)));

    private string Name(string path) => path.Length == 0 ? $"'with' of {owner}" : $"'{Excerpt.Short(path)}' of {owner}";

    private static string Describe(Option option) => option.Kind == OptionKind.Group ? option.Noun : option.Describe();

    private static string Remedy(Option option, string what) => $"{what} ({Describe(option)}){(option.Description.Length > 0 ? ": " + option.Description : "")}";

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
