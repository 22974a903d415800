using System.Text.Json;

namespace Pipeline.Data.Tokenizers.Files;

/// <summary>Members of JSON objects, or errors that show what is there instead.</summary>
internal static class JsonParts
{
    public static JsonElement Member(JsonElement element, string name, JsonValueKind kind)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"Found {Shown(element)} where an object with '{name}' was expected.");
        if (!element.TryGetProperty(name, out var value)) throw new InvalidDataException($"'{name}' is missing.");
        return value.ValueKind == kind ? value : throw new InvalidDataException($"'{name}' is {Shown(value)}; expected {kind.ToString().ToLowerInvariant()}.");
    }

    public static string TextOf(JsonElement element, string name) => Member(element, name, JsonValueKind.String).GetString()!;

    public static string TypeOf(JsonElement element) => TextOf(element, "type");

    public static IEnumerable<JsonElement> ListOf(JsonElement element, string name) => Member(element, name, JsonValueKind.Array).EnumerateArray();

    /// <summary>Null where the member is missing or null.</summary>
    public static JsonElement? Given(JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"Found {Shown(element)} where an object was expected.");
        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    public static bool IsTrue(JsonElement element, string name, bool otherwise = false) => Given(element, name) is not { } value ? otherwise
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.ValueKind == JsonValueKind.True
        : throw new InvalidDataException($"'{name}' is {Shown(value)}; expected true or false.");

    public static int NumberOf(JsonElement element, string name, int least, int most, int? otherwise = null)
    {
        if (Given(element, name) is not { } value) return otherwise ?? throw new InvalidDataException($"'{name}' is missing.");
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most ? number
            : throw new InvalidDataException($"'{name}' is {Shown(value)}; expected {least} to {most}.");
    }

    /// <summary>What is refused because ids would differ.</summary>
    public static InvalidDataException Unsupported(string name, JsonElement value) => new($"'{name}' is {Shown(value)}, which is not supported: it would change the ids.");

    public static void Refuse(JsonElement element, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Given(element, name) is { } value && value.ValueKind != JsonValueKind.False && !(value.ValueKind == JsonValueKind.String && value.GetString() == "")) throw Unsupported(name, value);
        }
    }

    public static string Shown(JsonElement value) => value.GetRawText() is { Length: > 60 } text ? text[..60] + "…" : value.GetRawText();
}
