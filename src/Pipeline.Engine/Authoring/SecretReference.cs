using System.Text.Json.Nodes;

namespace Pipeline.Engine.Authoring;

/// <summary>A secret by name where its value will be: <c>{"$secret": {"name": "hub"}}</c>. Where a text may stand, nothing that a file writes has that shape.</summary>
public static class SecretReference
{
    private const string Key = "$secret";
    private const string Name = "name";

    public static JsonObject To(string name) => new() { [Key] = new JsonObject { [Name] = name } };

    /// <summary>The names of all secrets in a value.</summary>
    public static IEnumerable<string> In(JsonNode? node) => node switch
    {
        JsonObject map when NameOf(map) is { } name => [name],
        JsonObject map => map.SelectMany(e => In(e.Value)),
        JsonArray list => list.SelectMany(In),
        _ => [],
    };

    /// <summary>The value with each secret replaced by what <paramref name="valueOf"/> says: a copy where there are any, else itself.</summary>
    public static JsonObject Fill(JsonObject map, Func<string, string> valueOf) => Holds(map) ? (JsonObject)Replace(map, valueOf)! : map;

    private static bool Holds(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                if (NameOf(map) is not null) return true;
                foreach (var (_, value) in map)
                {
                    if (Holds(value)) return true;
                }

                return false;
            case JsonArray list:
                foreach (var item in list)
                {
                    if (Holds(item)) return true;
                }

                return false;
            default:
                return false;
        }
    }

    private static JsonNode? Replace(JsonNode? node, Func<string, string> valueOf) => node switch
    {
        JsonObject map when NameOf(map) is { } name => JsonValue.Create(valueOf(name)),
        JsonObject map => new JsonObject(map.Select(e => KeyValuePair.Create(e.Key, Replace(e.Value, valueOf)))),
        JsonArray list => new JsonArray([.. list.Select(item => Replace(item, valueOf))]),
        _ => node?.DeepClone(),
    };

    private static string? NameOf(JsonObject map) => map.Count == 1 && map[Key] is JsonObject { Count: 1 } inner && inner[Name] is JsonValue value && value.TryGetValue<string>(out var name) ? name : null;
}
