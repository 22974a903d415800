using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Caching;

/// <param name="Asks">Whether a person has to approve the step: what was made without being asked about is no result of it.</param>
/// <summary>The canonical JSON of a recipe, written without nodes in between: every step of every run needs its key, few need <see cref="Recipe.Json"/>. Tests hold the two together.</summary>
internal sealed record RecipeText(StepType Type, JsonObject With, IReadOnlyList<RecipeInput> Inputs, string? Sources, IReadOnlyList<Ancestor> Ancestry, JsonObject? Env, bool Asks, string? Names)
{
    /// <summary>Whether an option can change a byte by itself. What source files hold counts, and not where they lie.</summary>
    public static bool Counts(Option option) => !option.SpeedOnly && !option.SourceFiles && !option.SourceRoot;

    /// <summary>Names in ordinal order.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (Ancestry.Count > 0) WriteAncestry(json);
        if (Asks) json.WriteBoolean("approve", true);
        if (Env is { Count: > 0 })
        {
            json.WritePropertyName("env");
            CanonicalJson.Write(json, Env);
        }

        if (Type.Facets is { Count: > 0 } facets)
        {
            json.WriteStartObject("environment");
            foreach (var name in CanonicalJson.Sorted(facets.Keys)) json.WriteString(name, facets[name]);
            json.WriteEndObject();
        }

        WriteInputs(json);
        if (Names is not null) json.WriteString("names", Names);
        if (Type.Plugin is { } plugin)
        {
            json.WriteStartObject("plugin");
            foreach (var name in CanonicalJson.Sorted(plugin.Code.Keys)) json.WriteString(name, plugin.Code[name]);
            json.WriteEndObject();
        }

        if (Sources is not null) json.WriteString("sources", Sources);
        json.WriteString("step", Type.Name);
        json.WriteNumber("version", Type.Version);
        json.WritePropertyName("with");
        WriteOptions(json, Type.Params, With);
        json.WriteEndObject();
    }

    private void WriteAncestry(Utf8JsonWriter json)
    {
        json.WriteStartArray("ancestry");
        foreach (var ancestor in Ancestry)
        {
            json.WriteStartObject();
            json.WriteStartArray("after");
            foreach (var id in ancestor.DependsOn) json.WriteStringValue(id);
            json.WriteEndArray();
            json.WriteString("id", ancestor.Id);
            json.WriteString("uses", ancestor.Uses);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteInputs(Utf8JsonWriter json)
    {
        json.WriteStartObject("inputs");
        foreach (var port in CanonicalJson.Sorted(Inputs.Select(i => i.Port).Distinct()))
        {
            var given = Inputs.Where(i => i.Port == port);
            switch (Type.Inputs.FirstOrDefault(p => p.Name == port)?.Arity)
            {
                case PortArity.List:
                    json.WriteStartArray(port);
                    foreach (var input in given)
                    {
                        json.WriteStartObject();
                        json.WriteString("digest", input.Digest);
                        json.WriteString("name", input.Member);
                        json.WriteEndObject();
                    }

                    json.WriteEndArray();
                    break;
                case PortArity.Group:
                    json.WriteStartObject(port);
                    foreach (var input in given.OrderBy(i => i.Member, StringComparer.Ordinal)) json.WriteString(input.Member, input.Digest);
                    json.WriteEndObject();
                    break;
                default:
                    json.WriteString(port, given.Last().Digest);
                    break;
            }
        }

        json.WriteEndObject();
    }

    private static void WriteOptions(Utf8JsonWriter json, Option options, JsonObject with)
    {
        json.WriteStartObject();
        foreach (var option in options.MembersByName)
        {
            if (!Counts(option) || !with.TryGetPropertyValue(option.Name, out var value)) continue;
            json.WritePropertyName(option.Name);
            if (option.Kind == OptionKind.Group && value is JsonObject group) WriteOptions(json, option, group);
            else CanonicalJson.Write(json, value);
        }

        json.WriteEndObject();
    }
}
