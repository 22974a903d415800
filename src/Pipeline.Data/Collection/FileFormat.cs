namespace Pipeline.Data.Collection;

public enum FileFormat
{
    Text,
    Markdown,
    Html,
    Jsonl,
    DotnetXml,
}

public static class FileFormats
{
    /// <summary>The format that a file's extension names; null where it names none that can be read.</summary>
    public static FileFormat? FromExtension(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".txt" or ".text" => FileFormat.Text,
        ".md" or ".markdown" => FileFormat.Markdown,
        ".html" or ".htm" or ".xhtml" => FileFormat.Html,
        ".jsonl" or ".ndjson" => FileFormat.Jsonl,
        ".xml" => FileFormat.DotnetXml,
        _ => null,
    };
}
