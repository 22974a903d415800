namespace Pipeline.Steps.Comparing;

/// <summary>Says what differs between two versions of a file, in words of its format.</summary>
public static class FormatDifference
{
    /// <summary>Null for a format that has no words here, or a file that breaks its format: then the offset has to do.</summary>
    public static string? Describe(string name, string stored, string fresh)
    {
        try
        {
            return Path.GetExtension(name) switch
            {
                ".json" => JsonDifference.OfDocuments(stored, fresh),
                ".jsonl" => JsonDifference.OfLines(stored, fresh),
                ".safetensors" => SafetensorsDifference.Of(stored, fresh),
                _ => null,
            };
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidDataException or ArgumentException)
        {
            return null;
        }
    }
}
