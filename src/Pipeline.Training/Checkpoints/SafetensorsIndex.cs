using System.Text.Json;

namespace Pipeline.Training.Checkpoints;

/// <summary>Which file of a folder holds which tensor: <c>model.safetensors.index.json</c>, as large models are published.</summary>
static class SafetensorsIndex
{
    public const string FileName = Safetensors.FileName + ".index.json";

    // The index of a model of 1,000 layers takes 2 MB.
    const long LargestFile = 64 << 20;

    /// <summary>Tensor names to names of files in the same folder.</summary>
    /// <exception cref="InvalidDataException">Not JSON, without tensors, or a file outside the folder.</exception>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > LargestFile)
            throw new InvalidDataException($"{path}: {length} bytes; an index of tensors has at most {LargestFile}");
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 4, AllowDuplicateProperties = false });
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException($"{path}: expected an object with weight_map, from the names of tensors to the files that hold them");
            var files = map.EnumerateObject().ToDictionary(entry => entry.Name, entry => Checked(entry, path), StringComparer.Ordinal);
            return files.Count > 0 ? files : throw new InvalidDataException($"{path}: weight_map names no tensor");
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a lone surrogate in a name.
            throw new InvalidDataException($"{path}: not well-formed JSON: {BrokenJson.Words(broken)}", broken);
        }
    }

    /// <param name="bytes">Of all tensors.</param>
    public static void Write(string path, IEnumerable<(string Tensor, string File)> map, long bytes) => DurableFile.Write(path, file =>
    {
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteStartObject("metadata");
        json.WriteNumber("total_size", bytes);
        json.WriteEndObject();
        json.WriteStartObject("weight_map");
        foreach (var (tensor, name) in map.OrderBy(entry => entry.Tensor, StringComparer.Ordinal))
            json.WriteString(tensor, name);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    static string Checked(JsonProperty entry, string path)
    {
        var file = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : "";
        var plain = file.EndsWith(".safetensors", StringComparison.Ordinal) && !file.StartsWith('.') && file.Length <= 255 && file.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_');
        return plain ? file : throw new InvalidDataException($"{path}: tensor '{SafetensorsJson.Shown(entry.Name)}' is said to be in '{SafetensorsJson.Shown(file)}'; expected the plain name of a .safetensors file beside the index");
    }
}
