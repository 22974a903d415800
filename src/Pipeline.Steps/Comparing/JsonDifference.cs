using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pipeline.Steps.Comparing;

/// <summary>The first fields in which two JSON values differ: <c>train.loss: 3.41 -> 3.42</c>.</summary>
internal static class JsonDifference
{
    private const int MostFields = 3;
    private const int MostCharacters = 60;

    /// <summary>Null where the files differ in nothing but their writing (white space, order of keys).</summary>
    public static string? OfDocuments(string stored, string fresh) => Fields(JsonNode.Parse(File.ReadAllBytes(stored)), JsonNode.Parse(File.ReadAllBytes(fresh)));

    public static string OfLines(string stored, string fresh)
    {
        using var before = File.ReadLines(stored).GetEnumerator();
        using var now = File.ReadLines(fresh).GetEnumerator();
        for (var line = 1; ; line++)
        {
            var (had, has) = (before.MoveNext(), now.MoveNext());
            if (!had && !has) return "the same lines, but other line ends";
            if (!had || !has) return had ? $"ends after {line - 1} lines; the stored file goes on" : $"goes on after the {line - 1} lines of the stored file";
            if (before.Current == now.Current) continue;
            return $"line {line}: {Fields(JsonNode.Parse(before.Current), JsonNode.Parse(now.Current)) ?? "the same values, written otherwise"}";
        }
    }

    private static string? Fields(JsonNode? before, JsonNode? now)
    {
        var found = new List<string>();
        Compare("", before, now, found);
        if (found.Count == 0) return null;
        return string.Join(" · ", found.Take(MostFields)) + (found.Count > MostFields ? $" · and {found.Count - MostFields} more" : "");
    }

    private static void Compare(string path, JsonNode? before, JsonNode? now, List<string> found)
    {
        switch (before, now)
        {
            case (JsonObject old, JsonObject fresh):
                foreach (var name in old.Select(p => p.Key).Union(fresh.Select(p => p.Key)).Order(StringComparer.Ordinal))
                {
                    var inner = path.Length == 0 ? name : $"{path}.{name}";
                    if (!fresh.ContainsKey(name)) found.Add($"{inner}: gone");
                    else if (!old.ContainsKey(name)) found.Add($"{inner}: new");
                    else Compare(inner, old[name], fresh[name], found);
                }

                break;
            case (JsonArray old, JsonArray fresh):
                if (old.Count != fresh.Count) found.Add($"{(path.Length == 0 ? "value" : path)}: {old.Count} entries -> {fresh.Count}");
                for (var i = 0; i < Math.Min(old.Count, fresh.Count); i++) Compare($"{path}[{i}]", old[i], fresh[i], found);
                break;
            default:
                if (!JsonNode.DeepEquals(before, now)) found.Add($"{(path.Length == 0 ? "value" : path)}: {Show(before)} -> {Show(now)}");
                break;
        }
    }

    private static string Show(JsonNode? value)
    {
        var text = value?.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) ?? "null";
        return text.Length <= MostCharacters ? text : text[..(MostCharacters - 3)] + "...";
    }
}
