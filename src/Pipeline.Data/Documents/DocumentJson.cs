using System.Text.Json;

namespace Pipeline.Data.Documents;

/// <summary>A document as one line of JSON, with the shards' column names and the metadata as an object.</summary>
public static class DocumentJson
{
    public static string Line(Document document)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = DocumentSchema.Json.Encoder }))
        {
            json.WriteStartObject();
            foreach (var (name, _, value) in DocumentSchema.Columns)
            {
                if (name != DocumentSchema.Metadata)
                {
                    json.WriteString(name, value(document));
                    continue;
                }

                json.WriteStartObject(name);
                foreach (var (key, entry) in document.Metadata) json.WriteString(key, entry);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }
}
