using System.Text;
using System.Text.Json;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Collection;

/// <summary>One document a line. All bad lines of a file are named in one error.</summary>
internal static class JsonLines
{
    private const int ErrorsShown = 20;

    public static List<Document> Read(string name, ReadOnlyMemory<byte> content, JsonlColumns columns)
    {
        if (content.Span.StartsWith(Encoding.UTF8.Preamble)) content = content[Encoding.UTF8.Preamble.Length..];
        var documents = new List<Document>();
        var errors = new List<string>();
        for (var number = 1; content.Length > 0; number++)
        {
            var end = content.Span.IndexOf((byte)'\n');
            var line = end < 0 ? content : content[..end];
            content = end < 0 ? default : content[(end + 1)..];
            if (line.Span.Trim(" \t\r"u8).IsEmpty) continue;
            try
            {
                using var json = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 64 });
                documents.Add(FromLine(name, number, json.RootElement, columns));
            }
            catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
            {
                errors.Add($"{name}:{number}: {e.Message}");
            }
        }

        if (errors.Count == 0) return documents;
        var more = errors.Count > ErrorsShown ? $"\n… and {errors.Count - ErrorsShown} more bad lines in {name}" : "";
        throw new InvalidDataException(string.Join('\n', errors.Take(ErrorsShown)) + more);
    }

    private static Document FromLine(string name, int number, JsonElement line, JsonlColumns columns)
    {
        if (line.ValueKind != JsonValueKind.Object) throw new FormatException($"expected a JSON object, found {Noun(line)}.");
        if (!line.TryGetProperty(columns.Text, out var text))
            throw new FormatException($"has no field '{columns.Text}' for the text; it has: {string.Join(", ", line.EnumerateObject().Select(p => p.Name).Take(20))}.");
        if (text.ValueKind != JsonValueKind.String) throw new FormatException($"expected text in '{columns.Text}', found {Noun(text)}.");
        var id = Field(line, columns.Id);
        var metadata = new Dictionary<string, string>();
        if (id is not null) metadata["id"] = id;
        foreach (var key in columns.Metadata)
            if (Field(line, key) is { } value) metadata[key] = value;
        return Document.Create(name, text.GetString()!, id ?? $"{number}") with
        {
            Url = Field(line, columns.Url),
            License = Field(line, columns.License) ?? Document.UnknownLicense,
            Language = Field(line, columns.Language),
            Metadata = metadata,
        };
    }

    private static string? Field(JsonElement line, string? name) =>
        name is null || !line.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : value.GetRawText();

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
