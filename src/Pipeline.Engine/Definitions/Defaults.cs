using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>The defaults of options in canonical form: integers as long, numbers as double, so that a value left out and the same value written are the same JSON.</summary>
internal static class Defaults
{
    public static JsonNode? Of(Option option) => Of(option, option.Default);

    private static JsonNode? Of(Option option, JsonNode? value) => (option.Kind, value) switch
    {
        (_, null) => option switch
        {
            { Nullable: true } or { Kind: OptionKind.Group } => null,
            { Kind: OptionKind.List } => new JsonArray(),
            { Kind: OptionKind.Map } => new JsonObject(),
            _ => null,
        },
        (OptionKind.Integer, _) => JsonValue.Create(long.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture)),
        (OptionKind.Number, _) => JsonValue.Create(value.Deserialize()),
        (OptionKind.Boolean, _) => JsonValue.Create(value.GetValue<bool>()),
        (OptionKind.Text or OptionKind.Choice, _) => JsonValue.Create(value.GetValue<string>()),
        (OptionKind.List, JsonArray array) => new JsonArray([.. array.Select(item => Of(option.Element!, item))]),
        (OptionKind.Map, JsonObject map) => new JsonObject(map.Select(e => KeyValuePair.Create(e.Key, Of(option.Element!, e.Value)))),
        (OptionKind.Group, JsonObject group) => new JsonObject(option.Members.Select(m => KeyValuePair.Create(m.Name, Of(m, group[m.Name])))),
        _ => throw new InvalidOperationException($"The default of '{option.Name}' is not {option.Noun}: {value.ToJsonString()}"),
    };

    private static double Deserialize(this JsonNode value) => double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);
}
