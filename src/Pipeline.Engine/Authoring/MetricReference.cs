using System.Text.Json.Nodes;

namespace Pipeline.Engine.Authoring;

/// <summary>A metric of another step where its value will be: <c>{"$metric": {"name": "evaluate.best_step"}}</c>. It is filled in before the step's recipe is made.</summary>
public static class MetricReference
{
    private const string Key = "$metric";
    private const string Name = "name";

    public static JsonObject To(string name) => new() { [Key] = new JsonObject { [Name] = name } };

    public static string? NameOf(JsonNode? node) =>
        node is JsonObject { Count: 1 } map && map[Key] is JsonObject { Count: 1 } inner && inner[Name] is JsonValue value && value.TryGetValue<string>(out var name) ? name : null;

    /// <summary>A copy of options with each metric replaced by what <paramref name="valueOf"/> says; it is told the option and its path.</summary>
    public static JsonObject Fill(Option options, JsonObject with, Func<Option, string, string, JsonNode> valueOf) => (JsonObject)Replace(options, with, "with", valueOf)!;

    private static JsonNode? Replace(Option option, JsonNode? node, string path, Func<Option, string, string, JsonNode> valueOf) => (option.Kind, node) switch
    {
        (_, JsonObject reference) when NameOf(reference) is { } name => valueOf(option, path, name),
        (OptionKind.Group, JsonObject group) => new JsonObject(group.Select(e => KeyValuePair.Create(e.Key, option.Members.FirstOrDefault(m => m.Name == e.Key) is { } member ? Replace(member, e.Value, $"{path}.{e.Key}", valueOf) : e.Value?.DeepClone()))),
        (OptionKind.Map, JsonObject map) => new JsonObject(map.Select(e => KeyValuePair.Create(e.Key, Replace(option.Element!, e.Value, $"{path}.{e.Key}", valueOf)))),
        (OptionKind.List, JsonArray list) => new JsonArray([.. list.Select((item, i) => Replace(option.Element!, item, $"{path}[{i}]", valueOf))]),
        _ => node?.DeepClone(),
    };
}
