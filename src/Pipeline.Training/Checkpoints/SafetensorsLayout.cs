using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pipeline.Training.Checkpoints;

/// <summary>Lays tensors out one after the other and writes the header that says so.</summary>
internal static class SafetensorsLayout
{
    /// <summary>The tensors' bytes start at a multiple of this, so that a reader may map them.</summary>
    private const int Alignment = 8;

    /// <summary>Length prefix and JSON, padded with spaces.</summary>
    public static byte[] Header(IReadOnlyList<(string Name, SafetensorsDtype Dtype, long[] Shape)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        buffer.Write(stackalloc byte[SafetensorsHeader.LengthBytes]);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 }) WriteMetadata(json, metadata);
            WriteEntries(json, tensors);
            json.WriteEndObject();
        }

        while (buffer.Length % Alignment != 0) buffer.WriteByte((byte)' ');
        var bytes = buffer.ToArray();
        var length = bytes.Length - SafetensorsHeader.LengthBytes;
        if (length > SafetensorsHeader.MaximumLength) throw new ArgumentException($"the header of {tensors.Count} tensors takes {length} bytes, over the format's limit of {SafetensorsHeader.MaximumLength}");
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        return bytes;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(SafetensorsHeader.MetadataKey);
        foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteEntries(Utf8JsonWriter json, IReadOnlyList<(string Name, SafetensorsDtype Dtype, long[] Shape)> tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var begin = 0L;
        foreach (var (name, dtype, shape) in tensors)
        {
            if (name == SafetensorsHeader.MetadataKey) throw new ArgumentException($"no tensor may be called '{name}': the format reserves it");
            if (!names.Add(name)) throw new ArgumentException($"two tensors are called '{name}'");
            var end = begin + shape.Aggregate((long)dtype.Size(), (product, dimension) => checked(product * dimension));
            json.WriteStartObject(name);
            json.WriteString("dtype", dtype.ToString());
            WriteArray(json, "shape", shape);
            WriteArray(json, "data_offsets", [begin, end]);
            json.WriteEndObject();
            begin = end;
        }
    }

    private static void WriteArray(Utf8JsonWriter json, string name, long[] values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}
