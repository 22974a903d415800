using System.Text.Json;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Collection;

/// <summary>A JSON object as a document, by a map of its fields.</summary>
internal static class JsonRecord
{
    private const int MostDepth = 64;

    /// <param name="part">Its number: part of the document's id where no field is.</param>
    public static Document Read(string name, string part, ReadOnlyMemory<byte> json, ColumnMap columns, ColumnsFound found)
    {
        using var parsed = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MostDepth });
        var record = parsed.RootElement;
        if (record.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"expected a JSON object, found {Noun(record)}.");
        found.Look(columns, c => Find(record, c) is not null, () => record.EnumerateObject().Select(p => p.Name));
        if (Find(record, columns.Text) is not { } text)
            throw new InvalidDataException($"has no field '{columns.Text}' for the text; it has: {string.Join(", ", record.EnumerateObject().Select(p => p.Name).Take(20))}.");
        if (text.ValueKind != JsonValueKind.String) throw new InvalidDataException($"expected text in '{columns.Text}', found {Noun(text)}.");
        return FieldMap.Document(name, part, text.GetString()!, columns, field => Find(record, field) is { } value ? Plain(value) : null);
    }

    private static JsonElement? Find(JsonElement record, string path)
    {
        if (record.TryGetProperty(path, out var whole)) return whole;
        foreach (var step in path.Split('.'))
        {
            if (record.ValueKind != JsonValueKind.Object || !record.TryGetProperty(step, out record)) return null;
        }

        return record;
    }

    private static string? Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };

    private static string Noun(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };
}
