using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Schema;

/// <summary>The schema of an option. Wherever a value may stand, so may <c>${{ … }}</c>: as text of a pattern, which the bounds on numbers leave alone.</summary>
internal static class OptionSchema
{
    private const string Expression = @"^\s*\$\{\{.*\}\}\s*$";

    public static JsonObject Of(Option option)
    {
        var schema = new JsonObject();
        if (Description(option) is { Length: > 0 } description) schema["description"] = description;
        switch (option.Kind)
        {
            case OptionKind.Choice:
                var words = new JsonArray([.. option.Choices.Select(c => (JsonNode)c)]);
                if (option.Nullable) words.Add(null);
                schema["anyOf"] = new JsonArray(new JsonObject { ["enum"] = words }, new JsonObject { ["type"] = "string", ["pattern"] = Expression });
                break;
            case OptionKind.Text:
                schema["type"] = Types(option, "string", "number", "boolean");
                break;
            case OptionKind.Group:
                schema["type"] = Types(option, "object");
                schema["properties"] = new JsonObject(option.Members.Select(m => KeyValuePair.Create(m.Name, (JsonNode?)Of(m))));
                if (option.Members.Any(m => m.Required)) schema["required"] = new JsonArray([.. option.Members.Where(m => m.Required).Select(m => (JsonNode)m.Name)]);
                schema["additionalProperties"] = false;
                break;
            case OptionKind.Map:
                schema["type"] = Types(option, "object");
                schema["additionalProperties"] = Of(option.Element!);
                break;
            case OptionKind.List:
                schema["type"] = Types(option, "array", "string");
                schema["pattern"] = Expression;
                schema["items"] = Of(option.Element!);
                break;
            default:
                schema["type"] = Types(option, option.Kind switch { OptionKind.Integer => "integer", OptionKind.Number => "number", _ => "boolean" }, "string");
                schema["pattern"] = Expression;
                // What an editor says of any other text, instead of the pattern.
                schema["patternErrorMessage"] = $"expected {(option with { Default = null, Required = false }).Describe()}";
                if (option.Minimum is { } minimum && double.IsFinite(minimum)) schema["minimum"] = minimum;
                if (option.Maximum is { } maximum && double.IsFinite(maximum)) schema["maximum"] = maximum;
                break;
        }

        if (option.Default is { } value && option.Kind != OptionKind.Group) schema["default"] = value.DeepClone();
        return schema;
    }

    internal static string Description(Option option) =>
        !option.SpeedOnly ? option.Description : $"{option.Description}{(option.Description.Length > 0 ? " " : "")}Changes how fast the step is, never its result.";

    private static JsonNode Types(Option option, params ReadOnlySpan<string> types)
    {
        if (types.Length == 1 && !option.Nullable) return types[0];
        var list = new JsonArray();
        foreach (var type in types) list.Add(type);
        if (option.Nullable) list.Add("null");
        return list;
    }
}
