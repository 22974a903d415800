using System.Text.Json.Nodes;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Schema;

/// <summary>The keys that every step may have beside its type, inputs and options: how the engine runs it.</summary>
internal static class StepKeys
{
    private const string Time = @"^([0-9.]+(ms|s|m|h|d))+$|\$\{\{";

    private static readonly string[] Names = ["needs", "when", "matrix", "select", "halving", "repeat", "gates", "approve", "env", "resources", "executor", "timeout", "retry"];

    /// <summary>Those for which a file may have defaults.</summary>
    private static readonly string[] Defaulted = ["resources", "executor", "timeout", "retry"];

    public static void AddTo(JsonObject properties) => Add(properties, Names);

    public static void Define(JsonObject definitions)
    {
        definitions[Name("needs")] = new JsonObject
        {
            ["description"] = "Steps that must come first though nothing is taken from them.",
            ["anyOf"] = new JsonArray(SchemaWriter.Ref("id"), new JsonObject { ["type"] = "array", ["items"] = SchemaWriter.Ref("id") }, new JsonObject { ["type"] = "null" }),
        };
        definitions[Name("when")] = new JsonObject
        {
            ["description"] = "The step runs only where this holds: a condition over params.NAME, env.NAME and metrics of steps, STEP.METRIC, such as \"evaluate.test.perplexity < 60 and params.train\". Otherwise it and what depends on it are skipped, and the run succeeds.",
            ["type"] = new JsonArray("string", "boolean", "null"),
        };
        definitions[Name("env")] = Variables("Variables for the step's command or process; part of its recipe. A value may be ${{ secrets.NAME }}.");
        definitions[Name("matrix")] = Matrix();
        definitions[Name("select")] = new JsonObject
        {
            ["description"] = "Which variant of the matrix goes on under the step's own name.",
            ["type"] = "object",
            ["required"] = new JsonArray("metric", "goal"),
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject
            {
                ["metric"] = new JsonObject { ["description"] = "The metric to go by, such as validation.loss.", ["type"] = "string" },
                ["goal"] = new JsonObject { ["description"] = "Which value is best.", ["enum"] = new JsonArray("min", "max") },
            },
        };
        definitions[Name("halving")] = OptionSchema.Of(HalvingOptions.Tree with { Description = "Successive halving of the matrix: every variant goes as far as the first rung, the best of them a rung further, and the last as far as the step's horizon (with.steps). By the metric of select." });
        definitions[Name("repeat")] = FlowKeys.Repeat();
        definitions[Name("gates")] = FlowKeys.OfStep();
        definitions[Name("approve")] = FlowKeys.Approve();
        definitions[Name("resources")] = OptionSchema.Of(ResourceOptions.Tree with { Description = "What to set aside for the step.", Nullable = true });
        definitions[Name("executor")] = new JsonObject
        {
            ["description"] = "Where the step runs; never part of its recipe.",
            ["anyOf"] = new JsonArray(
                new JsonObject { ["enum"] = new JsonArray(ExecutorOptions.Local, ExecutorOptions.OnSlurm, null) },
                OptionSchema.Of(ExecutorOptions.Tree),
                new JsonObject { ["type"] = "string", ["pattern"] = @"\$\{\{" }),
        };
        definitions[Name("timeout")] = new JsonObject
        {
            ["description"] = "How long an attempt may take, such as 90s, 30m, 2h or 1h30m. Then it is asked to stop and is ended; what it kept in its workspace stays.",
            ["type"] = new JsonArray("string", "null"),
            ["pattern"] = Time,
        };
        definitions[Name("retry")] = OptionSchema.Of(RetryOptions.Tree with { Description = "When to try the step again after a failure. A gate and a cancelled step are never tried again.", Nullable = true });
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

    public static JsonObject Variables(string description) => new()
    {
        ["description"] = description,
        ["type"] = new JsonArray("object", "null"),
        ["patternProperties"] = new JsonObject { ["^(?!IN_|PIPELINE_|OUT$|CUDA_VISIBLE_DEVICES$)[A-Za-z_][A-Za-z0-9_]*$"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") } },
        ["additionalProperties"] = false,
    };

    private static JsonObject Matrix()
    {
        const string key = @"^((with|inputs|resources)(\.[^.]+)+|[a-z0-9_-]{1,100})$";
        var combination = new JsonObject { ["type"] = "object", ["minProperties"] = 1, ["patternProperties"] = new JsonObject { [key] = new JsonObject() }, ["additionalProperties"] = false };
        return new()
        {
            ["description"] = "Makes the step into variants: one for each combination of the values. Keys are paths, such as with.optimizer.learning_rate, or names used as ${{ matrix.NAME }}.",
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["random"] = OptionSchema.Of(RandomOptions.Tree with { Description = "Draws some combinations instead of taking all." }),
                ["include"] = new JsonObject { ["description"] = "Combinations beside those of the grid.", ["type"] = new JsonArray("array", "null"), ["items"] = combination },
                ["exclude"] = new JsonObject { ["description"] = "Combinations to leave out: those that have all of these values.", ["type"] = new JsonArray("array", "null"), ["items"] = combination.DeepClone() },
            },
            ["patternProperties"] = new JsonObject { [@"^(?!(random|include|exclude)$)((with|inputs|resources)(\.[^.]+)+|[a-z0-9_-]{1,100})$"] = new JsonObject { ["description"] = "The values that it takes.", ["type"] = new JsonArray("array", "string"), ["minItems"] = 1, ["pattern"] = @"\$\{\{" } },
            ["additionalProperties"] = false,
        };
    }

    /// <summary>Not the bare word: a step type may have that name.</summary>
    private static string Name(string key) => $"step.{key}";

    private static void Add(JsonObject properties, string[] names)
    {
        foreach (var name in names) properties[name] = SchemaWriter.Ref(Name(name));
    }
}
