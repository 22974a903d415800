using System.Text.Json.Nodes;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Tests.Schema;

/// <summary>A pipeline file as the JSON that an editor's YAML support sees, for checking it against the schema.</summary>
internal static class YamlAsJson
{
    public static string Convert(string yaml)
    {
        var problems = new ProblemList();
        var root = NodeReader.Read(new SourceText("test.yaml", yaml, isFile: true), problems);
        Assert.Empty(problems.Sorted("test.yaml"));
        return Json(root!)!.ToJsonString();
    }

    private static JsonNode? Json(Node node) => node switch
    {
        MapNode map => new JsonObject(map.Entries.Select(e => KeyValuePair.Create(e.Key.Text, Json(e.Value)))),
        ListNode list => new JsonArray([.. list.Items.Select(Json)]),
        ScalarNode { IsNull: true } => null,
        ScalarNode { Plain: true } s when Scalars.Boolean(s.Text) is { } value => value,
        ScalarNode { Plain: true } s when Scalars.Integer(s.Text) is { } value => value,
        ScalarNode { Plain: true } s when Scalars.Number(s.Text) is { } value => value,
        ScalarNode s => s.Text,
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };
}
