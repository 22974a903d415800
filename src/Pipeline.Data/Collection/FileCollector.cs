using System.Security.Cryptography;
using System.Xml;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Collection;

/// <param name="Empty">Files, lines or members that held no text and so gave no document.</param>
public sealed record CollectedFile(IReadOnlyList<Document> Documents, int Empty);

/// <summary>Turns files into documents, in the order of what is in them.</summary>
public sealed class FileCollector(CollectionOptions options)
{
    /// <param name="name">Becomes the documents' source.</param>
    /// <param name="sha256">What the content has to be, lower-case hex; null where it is not known.</param>
    /// <exception cref="InvalidDataException">The file cannot be read as its format, or is another one by now; the message names it.</exception>
    public CollectedFile Read(string name, string path, string? sha256 = null)
    {
        var found = ReadDocuments(name, path, sha256);
        List<Document> documents = [.. found.Where(d => !string.IsNullOrWhiteSpace(d.Text)).Select(d => options.License is { } license && d.License == Document.UnknownLicense ? d with { License = license } : d)];
        return new(documents, found.Count - documents.Count);
    }

    private List<Document> ReadDocuments(string name, string path, string? sha256)
    {
        var format = options.Format ?? FileFormats.FromExtension(name) ?? throw new InvalidDataException(
            $"{name}: the extension names no known format; expected .txt, .md, .html, .jsonl or .xml, or a format set for all files.");
        try
        {
            var size = new FileInfo(path).Length;
            if (size > options.MaximumFileBytes)
                throw new InvalidDataException($"{name}: has {size} bytes, more than the {options.MaximumFileBytes} allowed; split it or raise the limit.");
            var content = File.ReadAllBytes(path);
            if (sha256 is not null && Convert.ToHexStringLower(SHA256.HashData(content)) != sha256)
                throw new InvalidDataException($"{name}: was changed while the run was reading it; run again.");
            return format switch
            {
                FileFormat.Text => [PlainText.Read(name, content)],
                FileFormat.Markdown => [MarkdownText.Read(name, content)],
                FileFormat.Html => [HtmlText.Read(name, content)],
                FileFormat.Jsonl => JsonLines.Read(name, content, options.Columns),
                _ => DotnetXmlDocs.Read(name, content),
            };
        }
        catch (XmlException e)
        {
            // The reader knows no line for what it refuses before it begins, such as a document type.
            throw new InvalidDataException(e.LineNumber > 0 ? $"{name}:{e.LineNumber}:{e.LinePosition}: {e.Message}" : $"{name}: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{name}: cannot be read ({e.Message}).", e);
        }
    }
}
