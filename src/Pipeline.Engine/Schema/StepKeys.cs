using System.Text.Json.Nodes;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Schema;

/// <summary>The keys that every step may have beside its type, inputs and options: how the engine runs it.</summary>
internal static class StepKeys
{
    private const string Time = @"^([0-9.]+(ms|s|m|h|d))+$|\$\{\{";

    private static readonly string[] Names = ["needs", "when", "resources", "timeout", "retry"];

    /// <summary>Those for which a file may have defaults.</summary>
    private static readonly string[] Defaulted = ["resources", "timeout", "retry"];

    public static void AddTo(JsonObject properties) => Add(properties, Names);

    public static void Define(JsonObject definitions)
    {
        definitions["needs"] = new JsonObject
        {
            ["description"] = "Steps that must come first though nothing is taken from them.",
            ["anyOf"] = new JsonArray(SchemaWriter.Ref("id"), new JsonObject { ["type"] = "array", ["items"] = SchemaWriter.Ref("id") }, new JsonObject { ["type"] = "null" }),
        };
        definitions["when"] = new JsonObject
        {
            ["description"] = "The step runs only where this holds: a condition over params.NAME, env.NAME and metrics of steps, STEP.METRIC, such as \"evaluate.test.perplexity < 60 and params.train\". Otherwise it and what depends on it are skipped, and the run succeeds.",
            ["type"] = new JsonArray("string", "boolean", "null"),
        };
        definitions["resources"] = OptionSchema.Of(ResourceOptions.Tree with { Description = "What to set aside for the step.", Nullable = true });
        definitions["timeout"] = new JsonObject
        {
            ["description"] = "How long an attempt may take, such as 90s, 30m, 2h or 1h30m. Then it is asked to stop and is ended; what it kept in its workspace stays.",
            ["type"] = new JsonArray("string", "null"),
            ["pattern"] = Time,
        };
        definitions["retry"] = OptionSchema.Of(RetryOptions.Tree with { Description = "When to try the step again after a failure. A gate and a cancelled step are never tried again.", Nullable = true });
        var defaults = new JsonObject();
        Add(defaults, Defaulted);
        definitions["defaults"] = new JsonObject
        {
            ["description"] = "What holds for every step that does not say otherwise.",
            ["type"] = new JsonArray("object", "null"),
            ["additionalProperties"] = false,
            ["properties"] = defaults,
        };
    }

    private static void Add(JsonObject properties, string[] names)
    {
        foreach (var name in names) properties[name] = SchemaWriter.Ref(name);
    }
}
