using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Schema;

/// <summary>The JSON Schema (draft 7) of pipeline files, for editors: it completes and checks step types, inputs and options while one types.</summary>
/// <remarks>A step is one of the step types, told apart by a <c>uses</c> of a single word: language servers take that as the discriminator and show the problems of that alternative only.</remarks>
public static partial class SchemaWriter
{
    internal const string Id = "[a-z0-9_-]{1,100}";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>For values in documentation.</summary>
    internal static JsonSerializerOptions Plain { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(StepCatalog catalog) =>
        ShortArray().Replace(Schema(catalog).ToJsonString(Indented), m => $"[{Break().Replace(m.Groups[1].Value, " ")}]") + "\n";

    /// <summary>An array of plain values: on one line, so that a person can read the file and its diffs.</summary>
    [GeneratedRegex(@"\[\n\s+([^\[\]{}]*?)\n\s+\]")]
    private static partial Regex ShortArray();

    [GeneratedRegex(@"(?<=,)\n\s+")]
    private static partial Regex Break();

    private static JsonObject Schema(StepCatalog catalog) => new()
    {
        ["$schema"] = "http://json-schema.org/draft-07/schema#",
        ["title"] = "Pipeline",
        ["description"] = "A pipeline: typed steps from documents to a model.",
        ["type"] = "object",
        ["anyOf"] = new JsonArray(new JsonObject { ["required"] = new JsonArray("steps") }, new JsonObject { ["required"] = new JsonArray("include") }),
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject
        {
            ["name"] = new JsonObject
            {
                ["description"] = "The pipeline's name; the file's name where it is left out.",
                ["type"] = "string",
                ["pattern"] = "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$",
            },
            ["store"] = new JsonObject
            {
                ["description"] = "A store to share results by: file:FOLDER, az://ACCOUNT/CONTAINER/PREFIX or s3://BUCKET/PREFIX. --store and PIPELINE_STORE come before it.",
                ["type"] = new JsonArray("string", "null"),
            },
            ["include"] = Ref("include"),
            ["plugins"] = ParamsSchema.Plugins(),
            ["params"] = Ref("params"),
            ["profiles"] = new JsonObject
            {
                ["description"] = "Overlays, chosen with --profile NAME: mappings merge into the file, texts and lists replace.",
                ["type"] = new JsonArray("object", "null"),
                ["additionalProperties"] = Ref("profile"),
            },
            ["secrets"] = ParamsSchema.Secrets(),
            ["env"] = StepKeys.Variables("Variables for every step with a command or a process of its own; part of their recipes."),
            ["defaults"] = Ref("defaults"),
            ["gates"] = Ref("gates"),
            ["on"] = OptionSchema.Of(TriggerOptions.Tree with { Description = "When pipeline watch runs the pipeline.", Nullable = true }),
            ["steps"] = new JsonObject
            {
                ["description"] = "The steps by name. The order does not matter: a step runs when what it takes is there.",
                ["type"] = "object",
                ["minProperties"] = 1,
                ["patternProperties"] = new JsonObject { [$"^{Id}$"] = Ref("step") },
                ["additionalProperties"] = false,
            },
        },
        ["definitions"] = DefinitionsOf(catalog),
    };

    private static JsonObject DefinitionsOf(StepCatalog catalog)
    {
        var definitions = new JsonObject
        {
            ["params"] = ParamsSchema.Of(),
            ["include"] = ParamsSchema.Include(),
            ["profile"] = new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = false,
                ["properties"] = new JsonObject
                {
                    ["params"] = Ref("params"),
                    ["defaults"] = Ref("defaults"),
                    ["gates"] = Ref("gates"),
                    ["steps"] = new JsonObject { ["type"] = "object", ["additionalProperties"] = Ref("overlay") },
                },
            },
            ["overlay"] = StepSchema.Overlay(),
            ["id"] = new JsonObject { ["type"] = new JsonArray("string", "integer"), ["pattern"] = $"^{Id}$" },
            ["reference"] = new JsonObject
            {
                ["description"] = "STEP, or STEP.OUTPUT where a step has several.",
                ["type"] = new JsonArray("string", "integer"),
                ["pattern"] = $@"^{Id}(\.{Id})?$|\$\{{\{{",
            },
            // Named beside the alternatives as well, so that completion offers every step type and not only the nearest.
            ["uses"] = new JsonObject
            {
                ["description"] = "The step type.",
                ["enum"] = new JsonArray([.. catalog.All.Select(t => (JsonNode)t.Name)]),
                ["enumDescriptions"] = new JsonArray([.. catalog.All.Select(t => (JsonNode)t.Description)]),
            },
            ["step"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["uses"] = Ref("uses") },
                ["anyOf"] = new JsonArray([.. catalog.All.Select(t => Ref(t.Name)), Ref(FlowKeys.Block)]),
            },
            [FlowKeys.Block] = FlowKeys.OfBlock(),
            ["gates"] = FlowKeys.OfFile(),
        };
        StepKeys.Define(definitions);
        foreach (var type in catalog.All) definitions[type.Name] = StepSchema.Of(type);
        return definitions;
    }

    internal static JsonObject Ref(string definition) => new() { ["$ref"] = $"#/definitions/{definition}" };
}
