using System.Text.Json.Nodes;

namespace Pipeline.Engine.Schema;

/// <summary>The keys that decide whether and how often steps run: rounds, gates and approvals.</summary>
internal static class FlowKeys
{
    public const string Block = "block";
    private const string Name = $"^{SchemaWriter.Id}$";

    public static JsonObject Approve() => new()
    {
        ["description"] = "Ask a person before the step runs: true, or what to ask. The run waits for pipeline approve RUN STEP; the same content is not asked about twice.",
        ["type"] = new JsonArray("boolean", "string", "null"),
        ["minLength"] = 1,
        ["maxLength"] = 300,
    };

    public static JsonObject OfStep() => new()
    {
        ["description"] = "Conditions over metrics, STEP.METRIC, that must hold before what takes from this step runs; lock('main').STEP.METRIC is the figure in the lock file of another commit.",
        ["anyOf"] = new JsonArray(Condition(), Conditions(), Gate(new()), new JsonObject { ["type"] = "null" }),
    };

    public static JsonObject OfFile() => new()
    {
        ["description"] = "Gates by name: conditions over metrics, STEP.METRIC, and the steps that wait for them.",
        ["type"] = new JsonArray("object", "null"),
        ["patternProperties"] = new JsonObject
        {
            [Name] = new JsonObject
            {
                ["anyOf"] = new JsonArray(
                    Condition(),
                    Conditions(),
                    Gate(new JsonObject
                    {
                        ["before"] = new JsonObject
                        {
                            ["description"] = "Steps that run only where the conditions hold.",
                            ["anyOf"] = new JsonArray(SchemaWriter.Ref("id"), new JsonObject { ["type"] = "array", ["items"] = SchemaWriter.Ref("id") }, new JsonObject { ["type"] = "null" }),
                        },
                    })),
            },
        },
        ["additionalProperties"] = false,
    };

    public static JsonObject Repeat() => Rounds(withSteps: false);

    /// <summary>Stands where a step stands and has steps of its own.</summary>
    public static JsonObject OfBlock() => new()
    {
        ["title"] = "rounds",
        ["description"] = "Steps that are repeated.",
        ["type"] = "object",
        ["required"] = new JsonArray("repeat"),
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject { ["repeat"] = Rounds(withSteps: true) },
    };

    private static JsonObject Rounds(bool withSteps)
    {
        var properties = new JsonObject
        {
            ["rounds"] = new JsonObject { ["description"] = "How many rounds there are at most.", ["type"] = new JsonArray("integer", "string"), ["minimum"] = 1, ["maximum"] = 100, ["pattern"] = @"^\s*\$\{\{.*\}\}\s*$" },
            ["until"] = new JsonObject { ["description"] = "A condition over metrics of the round, STEP.METRIC: where it holds, the round was the last.", ["type"] = new JsonArray("string", "null") },
            ["feed"] = new JsonObject
            {
                ["description"] = "What a round takes from the one before, by a name that its steps use as feed.NAME.",
                ["type"] = new JsonArray("object", "null"),
                ["patternProperties"] = new JsonObject
                {
                    [Name] = new JsonObject
                    {
                        ["type"] = "object",
                        ["required"] = new JsonArray("first", "then"),
                        ["additionalProperties"] = false,
                        ["properties"] = new JsonObject
                        {
                            ["first"] = Described("What it is in round 1: a step outside of the rounds."),
                            ["then"] = Described("What it is later: a step of the round, as the round before has it."),
                        },
                    },
                },
                ["additionalProperties"] = false,
            },
        };
        if (withSteps)
        {
            properties["steps"] = new JsonObject
            {
                ["description"] = "The steps of a round by name. Outside, a name stands for the step of the last round that ran.",
                ["type"] = "object",
                ["minProperties"] = 1,
                ["patternProperties"] = new JsonObject { [Name] = SchemaWriter.Ref("step") },
                ["additionalProperties"] = false,
            };
        }

        return new()
        {
            ["description"] = "Rounds, each fed by the one before.",
            ["type"] = withSteps ? "object" : new JsonArray("object", "null"),
            ["required"] = withSteps ? new JsonArray("rounds", "steps") : new JsonArray("rounds"),
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
    }

    private static JsonObject Described(string description) => new() { ["description"] = description, ["anyOf"] = new JsonArray(SchemaWriter.Ref("reference")) };

    private static JsonObject Condition() => new() { ["type"] = "string", ["minLength"] = 1 };

    private static JsonObject Conditions() => new() { ["type"] = "array", ["minItems"] = 1, ["items"] = Condition() };

    private static JsonObject Gate(JsonObject more)
    {
        more["require"] = new JsonObject { ["description"] = "Conditions that must all hold.", ["anyOf"] = new JsonArray(Condition(), Conditions()) };
        more["otherwise"] = new JsonObject { ["description"] = "fail: the run fails, with exit code 4. stop: what waits for the gate is skipped, and the run succeeds.", ["enum"] = new JsonArray("fail", "stop"), ["default"] = "fail" };
        more["no_baseline"] = new JsonObject { ["description"] = "What a condition comes to whose figure the other commit does not have. Without it that is an error.", ["enum"] = new JsonArray("pass", "fail") };
        return new() { ["type"] = "object", ["required"] = new JsonArray("require"), ["additionalProperties"] = false, ["properties"] = more };
    }
}
