using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pipeline.Engine.Storage;

/// <summary>The one JSON text of a value: keys sorted ordinally, no white space, only what must be escaped is.</summary>
public static class CanonicalJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Bytes(JsonNode? node) => Bytes(writer => Write(writer, node));

    /// <summary>For what writes its names in their order by itself.</summary>
    internal static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Options)) write(writer);
        return buffer.WrittenSpan.ToArray();
    }

    public static string Text(JsonNode? node) => System.Text.Encoding.UTF8.GetString(Bytes(node));

    /// <summary>Names in ordinal order. Not by OrderBy, which makes itself a delegate each time: this is asked several times a step.</summary>
    internal static string[] Sorted(IEnumerable<string> names)
    {
        var sorted = names.ToArray();
        if (sorted.Length > 1) Array.Sort(sorted, StringComparer.Ordinal);
        return sorted;
    }

    public static void Write(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case null:
                writer.WriteNullValue();
                break;
            case JsonObject map:
                writer.WriteStartObject();
                foreach (var name in Sorted(((IDictionary<string, JsonNode?>)map).Keys))
                {
                    writer.WritePropertyName(name);
                    Write(writer, map[name]);
                }

                writer.WriteEndObject();
                break;
            case JsonArray list:
                writer.WriteStartArray();
                foreach (var value in list) Write(writer, value);
                writer.WriteEndArray();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }
}
