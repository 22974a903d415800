using System.Xml;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Collection;

/// <summary>Turns files into documents, in the order of the files and of what is in them, whatever the number of workers.</summary>
public sealed class FileCollector(CollectionOptions options, int workers)
{
    public int Files { get; private set; }
    public long Bytes { get; private set; }
    public long Documents { get; private set; }

    /// <summary>Files, lines or members that held no text and so gave no document.</summary>
    public long Empty { get; private set; }

    /// <param name="files">Name that becomes the documents' source, and path on disk.</param>
    /// <exception cref="InvalidDataException">A file cannot be read as its format; the message names it.</exception>
    public async IAsyncEnumerable<Document> CollectAsync(
        IReadOnlyList<(string Name, string Path)> files, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var (bytes, documents) in files.ToAsyncEnumerable().SelectInOrderAsync(workers, f => Read(f.Name, f.Path), cancellation))
        {
            Files++;
            Bytes += bytes;
            foreach (var document in documents)
            {
                if (string.IsNullOrWhiteSpace(document.Text))
                {
                    Empty++;
                    continue;
                }

                Documents++;
                yield return options.License is { } license && document.License == Document.UnknownLicense ? document with { License = license } : document;
            }
        }
    }

    private (long Bytes, List<Document> Documents) Read(string name, string path)
    {
        var format = options.Format ?? FileFormats.FromExtension(name) ?? throw new InvalidDataException(
            $"{name}: the extension names no known format; expected .txt, .md, .html, .jsonl or .xml, or a format set for all files.");
        try
        {
            var size = new FileInfo(path).Length;
            if (size > options.MaximumFileBytes)
                throw new InvalidDataException($"{name}: has {size} bytes, more than the {options.MaximumFileBytes} allowed; split it or raise the limit.");
            var content = File.ReadAllBytes(path);
            return (content.Length, format switch
            {
                FileFormat.Text => [PlainText.Read(name, content)],
                FileFormat.Markdown => [MarkdownText.Read(name, content)],
                FileFormat.Html => [HtmlText.Read(name, content)],
                FileFormat.Jsonl => JsonLines.Read(name, content, options.Columns),
                _ => DotnetXmlDocs.Read(name, content),
            });
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
