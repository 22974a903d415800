using System.Text.Json.Nodes;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Schema;

/// <summary>The schema of what a pipeline declares beside its steps: params and the files it includes.</summary>
internal static class ParamsSchema
{
    public static JsonObject Of()
    {
        var typed = OptionSchema.Of(ParamType.Tree with { Description = "A param with a type." });
        typed["properties"]!.AsObject()[ParamType.Default] = Value("Its value where none is given. Without one it must be given.");
        return new()
        {
            ["description"] = "Values used as ${{ params.NAME }} and set with --param NAME=VALUE or PIPELINE_PARAM_NAME. One that is left empty must be given.",
            ["type"] = new JsonArray("object", "null"),
            ["additionalProperties"] = new JsonObject { ["anyOf"] = new JsonArray(Value("A value, which may be of any type."), typed) },
        };
    }

    public static JsonObject Include() => new()
    {
        ["description"] = "Fragments with params and steps of their own, by paths relative to this file.",
        ["type"] = new JsonArray("array", "null"),
        ["items"] = new JsonObject { ["type"] = "string", ["pattern"] = @"^[^/].*\.ya?ml$" },
    };

    public static JsonObject Plugins() => new()
    {
        ["description"] = "Assemblies with step types of your own, by paths relative to this file. pipeline schema --file FILE writes a schema that knows them.",
        ["type"] = new JsonArray("array", "null"),
        ["items"] = new JsonObject { ["type"] = "string", ["pattern"] = @"\.[dD][lL][lL]$|\$\{\{" },
    };

    public static JsonObject Secrets()
    {
        JsonObject One(string kind, string description, string pattern) => new()
        {
            ["type"] = "object",
            ["required"] = new JsonArray(kind),
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject { [kind] = new JsonObject { ["description"] = description, ["type"] = "string", ["pattern"] = pattern } },
        };
        return new()
        {
            ["description"] = "Names of secrets and where each is to be had. Used as ${{ secrets.NAME }} in env and in options made for it; values are masked everywhere.",
            ["type"] = new JsonArray("object", "null"),
            ["patternProperties"] = new JsonObject
            {
                [$"^{SchemaWriter.Id}$"] = new JsonObject
                {
                    ["anyOf"] = new JsonArray(
                        One("env", "The name of an environment variable.", @"^[A-Za-z_][A-Za-z0-9_]*$|\$\{\{"),
                        One("file", "A file that holds the value, relative to the pipeline file.", "."),
                        One("keyvault", "A secret of an Azure Key Vault: https://VAULT.vault.azure.net/secrets/NAME", @"^https://|\$\{\{")),
                },
            },
            ["additionalProperties"] = false,
        };
    }

    private static JsonObject Value(string description) => new()
    {
        ["description"] = description,
        ["type"] = new JsonArray("string", "number", "boolean", "null", "array"),
        ["items"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean", "null") },
    };
}
