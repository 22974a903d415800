using System.ComponentModel;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>What a param may be declared as: <c>steps: { type: integer, default: 100, minimum: 1 }</c>.</summary>
internal sealed class ParamType
{
    private sealed record Declared
    {
        [Description("What it is."), Choices("text", "integer", "number", "boolean", "list")]
        public required string Type { get; init; }

        [Description("The smallest number allowed.")]
        public double? Minimum { get; init; }

        [Description("The largest number allowed.")]
        public double? Maximum { get; init; }

        [Description("The texts allowed.")]
        public IReadOnlyList<string> Choices { get; init; } = [];

        [Description("What it is for.")]
        public string Description { get; init; } = "";
    }

    public const string Default = "default";

    public static Option Tree { get; } = OptionReader.Read(typeof(Declared));

    private readonly Option option;

    private ParamType(Option option) => this.option = option;

    /// <summary>What the value of a declared param was when nothing else was said, or null where it must be given.</summary>
    public static Node? DefaultOf(MapNode declaration) => declaration[Default];

    /// <summary>Null where what is wrong with the declaration has been said.</summary>
    public static ParamType? Read(ScalarNode name, MapNode declaration, Expressions expressions, ProblemList problems)
    {
        var rest = new MapNode(declaration.Place, [.. declaration.Entries.Where(e => e.Key.Text != Default)]);
        var binder = new OptionBinder($"the param '{Excerpt.Short(name.Text)}'", Tree, expressions, problems);
        if (binder.Bind(rest, name.Place) is not { } bound) return null;
        var type = (string)bound["type"]!;
        var (minimum, maximum) = ((double?)bound["minimum"], (double?)bound["maximum"]);
        List<string> choices = [.. bound["choices"]!.AsArray().Select(c => (string)c!)];
        if ((minimum ?? maximum) is not null && type is not ("integer" or "number")) Disagree("minimum", $"a {type} has no minimum or maximum");
        if (choices.Count > 0 && type != "text") Disagree("choices", "only texts have choices");
        if (minimum > maximum) Disagree("minimum", "the minimum is larger than the maximum");
        return new(new Option
        {
            Name = name.Text,
            Description = (string)bound["description"]!,
            Required = true,
            Minimum = minimum,
            Maximum = maximum,
            Choices = choices,
            Kind = type switch { "integer" => OptionKind.Integer, "number" => OptionKind.Number, "boolean" => OptionKind.Boolean, "list" => OptionKind.List, _ when choices.Count > 0 => OptionKind.Choice, _ => OptionKind.Text },
            Element = type == "list" ? new Option { Name = "", Kind = OptionKind.Text } : null,
        });

        void Disagree(string key, string message) => problems.Add(ProblemCodes.OptionsDisagree, declaration.Find(key)?.Key.Place ?? declaration.Place, message);
    }

    /// <summary>False where the value is not what the param is declared as, which has been said then.</summary>
    public bool Accepts(Node value, Expressions expressions, ProblemList problems)
    {
        var group = new Option { Name = "", Kind = OptionKind.Group, Members = [option] };
        return new OptionBinder("params", group, expressions, problems).Bind(new MapNode(value.Place, [new(new ScalarNode(value.Place, option.Name, plain: true), value)]), value.Place) is not null;
    }
}
