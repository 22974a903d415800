using System.Text.Json;
using System.Text.Unicode;

namespace Pipeline.Training.Checkpoints;

/// <summary>The header's JSON, read strictly: what the format does not allow is refused rather than interpreted.</summary>
internal static class SafetensorsJson
{
    /// <summary>Libtorch's own bound on dimensions in most of its kernels.</summary>
    private const int MaximumRank = 64;

    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataLength, string path)
    {
        if (json.IsEmpty || json[0] != (byte)'{') throw new InvalidDataException($"{path}: the header does not start with '{{'");
        if (!Utf8.IsValid(json)) throw new InvalidDataException($"{path}: the header is not UTF-8");

        var tensors = new List<SafetensorsEntry>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 4 });
            reader.Read();
            var seen = new HashSet<string>(StringComparer.Ordinal);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                if (!seen.Add(name)) throw new InvalidDataException($"{path}: '{Shown(name)}' is named twice in the header");
                reader.Read();
                if (name == SafetensorsHeader.MetadataKey) ReadMetadata(ref reader, metadata, path);
                else tensors.Add(ReadEntry(ref reader, name, path));
            }

            if (reader.Read()) throw new InvalidDataException($"{path}: the header goes on after its closing '}}'");
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a lone surrogate in a name.
            throw new InvalidDataException($"{path}: the header is not well-formed JSON: {BrokenJson.Words(broken)}", broken);
        }

        // Empty tensors share their offset with the next one, hence the second key.
        tensors.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        CheckLayout(tensors, dataLength, path);
        return new SafetensorsHeader(tensors, metadata, SafetensorsHeader.LengthBytes + json.Length);
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata, string path)
    {
        Expect(reader, JsonTokenType.StartObject, path, SafetensorsHeader.MetadataKey, "an object of strings");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            Expect(reader, JsonTokenType.String, path, SafetensorsHeader.MetadataKey, $"a string at '{Shown(key)}'");
            if (!metadata.TryAdd(key, reader.GetString()!)) throw Broken(path, SafetensorsHeader.MetadataKey, $"'{Shown(key)}' is given twice");
        }
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name, string path)
    {
        SafetensorsDtype? dtype = null;
        long[]? shape = null, offsets = null;
        Expect(reader, JsonTokenType.StartObject, path, name, "an object with dtype, shape and data_offsets");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.GetString()!;
            reader.Read();
            var repeated = field switch
            {
                "dtype" => dtype is not null,
                "shape" => shape is not null,
                "data_offsets" => offsets is not null,
                _ => throw Broken(path, name, $"'{Shown(field)}' is none of dtype, shape, data_offsets"),
            };
            if (repeated) throw Broken(path, name, $"{field} is given twice");
            if (field == "dtype") dtype = ReadDtype(ref reader, path, name);
            else if (field == "shape") shape = ReadIntegers(ref reader, path, name, field, MaximumRank);
            else offsets = ReadIntegers(ref reader, path, name, field, 2);
        }

        if (dtype is null || shape is null || offsets is null) throw Broken(path, name, "dtype, shape and data_offsets must all be given");
        if (offsets.Length != 2 || offsets[0] > offsets[1]) throw Broken(path, name, $"data_offsets must be [begin, end] with begin <= end, not [{string.Join(", ", offsets)}]");
        var bytes = SizeOf(dtype.Value, shape) ?? throw Broken(path, name, $"shape [{string.Join(", ", shape)}] of {dtype} is larger than any file");
        if (offsets[1] - offsets[0] != bytes)
            throw Broken(path, name, $"shape [{string.Join(", ", shape)}] of {dtype} takes {bytes} bytes but data_offsets [{offsets[0]}, {offsets[1]}] span {offsets[1] - offsets[0]}");
        return new SafetensorsEntry(name, dtype.Value, shape, offsets[0], offsets[1]);
    }

    private static SafetensorsDtype ReadDtype(ref Utf8JsonReader reader, string path, string name)
    {
        Expect(reader, JsonTokenType.String, path, name, "a string as dtype");
        var text = reader.GetString()!;
        return SafetensorsDtypes.TryParse(text, out var dtype) ? dtype : throw Broken(path, name, $"dtype '{Shown(text)}' is not read here; known are {SafetensorsDtypes.Names}");
    }

    private static long[] ReadIntegers(ref Utf8JsonReader reader, string path, string name, string field, int maximum)
    {
        Expect(reader, JsonTokenType.StartArray, path, name, $"an array as {field}");
        var values = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var value) || value < 0) throw Broken(path, name, $"{field} must hold whole numbers >= 0");
            if (values.Count == maximum) throw Broken(path, name, $"{field} has more than {maximum} numbers");
            values.Add(value);
        }

        return [.. values];
    }

    private static long? SizeOf(SafetensorsDtype dtype, long[] shape)
    {
        try
        {
            return shape.Aggregate((long)dtype.Size(), (product, dimension) => checked(product * dimension));
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static void CheckLayout(List<SafetensorsEntry> tensors, long dataLength, string path)
    {
        var end = 0L;
        foreach (var tensor in tensors)
        {
            if (tensor.End > dataLength) throw Broken(path, tensor.Name, $"its bytes end at {tensor.End} but the file holds only {dataLength} bytes of tensors");
            if (tensor.Begin < end) throw Broken(path, tensor.Name, $"its bytes start at {tensor.Begin}, inside another tensor's, which end at {end}");
            if (tensor.Begin > end) throw Broken(path, tensor.Name, $"bytes {end} to {tensor.Begin} before it belong to no tensor");
            end = tensor.End;
        }

        if (end != dataLength) throw new InvalidDataException($"{path}: the last {dataLength - end} bytes belong to no tensor");
    }

    private static void Expect(in Utf8JsonReader reader, JsonTokenType type, string path, string name, string expected)
    {
        if (reader.TokenType != type) throw Broken(path, name, $"expected {expected}, found {reader.TokenType}");
    }

    private static InvalidDataException Broken(string path, string tensor, string what) => new($"{path}: tensor '{Shown(tensor)}': {what}");

    /// <summary>A hostile name must not flood the terminal.</summary>
    public static string Shown(string name)
    {
        var printable = string.Concat(name.Take(80).Select(letter => char.IsControl(letter) ? '?' : letter));
        return name.Length > 80 ? printable + "…" : printable;
    }
}
