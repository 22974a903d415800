using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Schema;

/// <summary>The schema of a step that uses a given step type.</summary>
internal static class StepSchema
{
    public static JsonObject Of(StepType type)
    {
        var required = new JsonArray("uses");
        if (type.Inputs.Any(p => p.Required)) required.Add("inputs");
        if (type.Params.Members.Any(m => m.Required)) required.Add("with");
        var nullable = !type.Params.Members.Any(m => m.Required);
        var properties = new JsonObject
        {
            ["uses"] = new JsonObject { ["description"] = type.Description, ["enum"] = new JsonArray(type.Name) },
            ["inputs"] = Inputs(type),
            ["with"] = OptionSchema.Of(type.Params with { Description = $"The options of {type.Name}.", Nullable = nullable }),
        };
        StepKeys.AddTo(properties);
        return new()
        {
            ["title"] = type.Name,
            ["description"] = type.Description,
            ["type"] = "object",
            ["required"] = required,
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
    }

    /// <summary>What a profile may say about a step: any part of it, for the step type is in the file below.</summary>
    public static JsonObject Overlay()
    {
        var properties = new JsonObject
        {
            ["uses"] = SchemaWriter.Ref("uses"),
            ["inputs"] = new JsonObject { ["type"] = "object" },
            ["with"] = new JsonObject { ["type"] = "object" },
        };
        StepKeys.AddTo(properties);
        return new() { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
    }

    private static JsonObject Inputs(StepType type)
    {
        var named = type.Inputs.Where(p => p.Arity != PortArity.AnyName).ToList();
        var inputs = new JsonObject
        {
            ["description"] = $"What {type.Name} takes, and from which step.",
            ["type"] = named.Any(p => p.Required) ? "object" : new JsonArray("object", "null"),
            ["properties"] = new JsonObject(named.Select(p => KeyValuePair.Create(p.Name, (JsonNode?)Port(p)))),
        };
        if (named.Any(p => p.Required)) inputs["required"] = new JsonArray([.. named.Where(p => p.Required).Select(p => (JsonNode)p.Name)]);
        if (type.Inputs.FirstOrDefault(p => p.Arity == PortArity.AnyName) is { } any)
            inputs["patternProperties"] = new JsonObject { [$"^(?!{any.Name}$)[a-z][a-z0-9_]{{0,99}}$"] = Port(any) };
        inputs["additionalProperties"] = false;
        return inputs;
    }

    private static JsonObject Port(InputPort port)
    {
        var reference = SchemaWriter.Ref("reference");
        return new()
        {
            ["description"] = port.Description.Length > 0 ? $"{port.KindName}: {port.Description}" : port.KindName,
            ["anyOf"] = port.Arity == PortArity.List ? new JsonArray(reference, new JsonObject { ["type"] = "array", ["items"] = SchemaWriter.Ref("reference") }) : new JsonArray(reference),
        };
    }
}
