using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pipeline.Engine.Authoring;

public enum OptionKind
{
    Text,
    Integer,
    Number,
    Boolean,
    Choice,
    Group,
    List,
    Map,
}

/// <summary>One param of a step type as the file, the schema, the docs and the recipe see it.</summary>
public sealed record Option
{
    /// <summary>snake_case; empty for the params as a whole and for list elements.</summary>
    public required string Name { get; init; }
    public required OptionKind Kind { get; init; }
    public string Description { get; init; } = "";
    public bool Required { get; init; }
    public bool Nullable { get; init; }
    /// <summary>The value where the file says nothing; null for required options.</summary>
    public JsonNode? Default { get; init; }
    public double? Minimum { get; init; }
    public double? Maximum { get; init; }
    public IReadOnlyList<string> Choices { get; init; } = [];
    /// <summary>What other programs call it.</summary>
    public IReadOnlyList<string> NamesElsewhere { get; init; } = [];
    /// <summary>What other programs call its choices.</summary>
    public IReadOnlyDictionary<string, string> ChoicesElsewhere { get; init; } = new Dictionary<string, string>();
    /// <summary>The options of a <see cref="OptionKind.Group"/>.</summary>
    public IReadOnlyList<Option> Members
    {
        get;
        init => (field, MembersByName) = (value, [.. value.OrderBy(m => m.Name, StringComparer.Ordinal)]);
    } = [];
    /// <summary><see cref="Members"/> in the order of canonical JSON.</summary>
    internal IReadOnlyList<Option> MembersByName { get; private init; } = [];
    /// <summary>What a <see cref="OptionKind.List"/> or a <see cref="OptionKind.Map"/> holds.</summary>
    public Option? Element { get; init; }
    public bool SpeedOnly { get; init; }
    /// <summary>Only says how far to go.</summary>
    public bool Horizon { get; init; }
    public bool SourceFiles { get; init; }
    public bool SourceRoot { get; init; }
    public bool WholeOnly { get; init; }
    /// <summary>May be given as <c>${{ secrets.NAME }}</c>.</summary>
    public bool Secret { get; init; }

    /// <summary>For messages and docs: <c>integer, 257 to 1,000,000, default 32,000</c>.</summary>
    public string Describe()
    {
        var words = new List<string> { Noun };
        if (Minimum is { } low && Maximum is { } high && double.IsFinite(high)) words.Add($"{Plain(low)} to {Plain(high)}");
        else if (Minimum is { } least) words.Add($"at least {Plain(least)}");
        if (Required) words.Add("required");
        else if (Default is JsonValue value) words.Add($"default {Plain(value)}");
        return string.Join(", ", words);
    }

    public string Noun => Kind switch
    {
        OptionKind.Text => "text",
        OptionKind.Integer => "integer",
        OptionKind.Number => "number",
        OptionKind.Boolean => "true or false",
        OptionKind.Choice => "one of " + string.Join(", ", Choices),
        OptionKind.Group => "a mapping of " + string.Join(", ", Members.Select(m => m.Name)),
        OptionKind.List => $"a list of {Element!.Noun}",
        _ => $"a mapping of names to {Element!.Noun}",
    };

    private static string Plain(JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.Number => Plain(double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture)),
        JsonValueKind.String => value.GetValue<string>() is { Length: > 0 } text ? text : "empty",
        _ => value.ToJsonString(),
    };

    private static string Plain(double value) =>
        Math.Truncate(value) == value && Math.Abs(value) is >= 10_000 and < 1e15 ? value.ToString("N0", CultureInfo.InvariantCulture)
        : value.ToString("R", CultureInfo.InvariantCulture);
}
