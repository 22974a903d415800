using System.Net.Http.Headers;
using Pipeline.Data.Damages;
using Pipeline.Data.Documents;
using Pipeline.Data.Extraction;
using Pipeline.Data.Readers;

namespace Pipeline.Data.Collection;

/// <summary>Whether a file that begins so is of a format.</summary>
internal delegate bool Sniffer(ReadOnlySpan<byte> head);

/// <param name="Extensions">Lower-case, with their dots.</param>
/// <param name="MediaTypes">Those that are no other format too.</param>
/// <param name="Sniff">Null for formats that any text could be: their extension decides.</param>
internal sealed record Format(FileFormat Name, IReadOnlyList<string> Extensions, IReadOnlyList<string> MediaTypes, Sniffer? Sniff, Func<Input, IEnumerable<RawRecord>> Cut)
{
    /// <summary>Its records have fields that <see cref="CollectionOptions.Columns"/> names.</summary>
    public bool HasColumns { get; init; }
}

/// <summary>Every format that is read. A new one is a name in <see cref="FileFormat"/>, a line here and a file with its reader.</summary>
internal static class Formats
{
    /// <summary>Bytes of a file that sniffers see, fewer where it ends before.</summary>
    public const int HeadBytes = 4096;

    public static IReadOnlyList<Format> All { get; } =
    [
        Whole(FileFormat.Text, ".txt .text", "text/plain", null, (name, content) => [PlainText.Read(name, content)]),
        Whole(FileFormat.Markdown, ".md .markdown", "text/markdown", null, (name, content) => [MarkdownText.Read(name, content)]),
        Whole(FileFormat.Html, ".html .htm .xhtml", "text/html application/xhtml+xml", Signatures.IsHtml, (name, content, options) => [HtmlText.Read(name, content, options.ListNumbers)]),
        Whole(FileFormat.Epub, ".epub", "application/epub+zip", Signatures.IsZip, (name, content, options) => EpubBook.Read(name, content, options.Limits)),
        Whole(FileFormat.Pdf, ".pdf", "application/pdf", Signatures.IsPdf, (name, content, options) => PdfText.Read(name, content, options.Limits)),
        Whole(FileFormat.Docx, ".docx .docm", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Signatures.IsZip, (name, content, options) => DocxText.Read(name, content, options.Limits)),
        Whole(FileFormat.Latex, ".tex .ltx .latex", "application/x-tex application/x-latex text/x-tex", null, (name, content) => [LatexText.Read(name, content)]),
        Whole(FileFormat.Subtitles, ".vtt .srt", "text/vtt application/x-subrip", Subtitles.IsVtt, (name, content) => [Subtitles.Read(name, content)]),
        Whole(FileFormat.DotnetXml, ".xml", "", Signatures.IsDotnetXml, DotnetXmlDocs.Read),
        Records(FileFormat.MediaWiki, ".xml .mediawiki", "", WikiPages.IsDump, WikiPages.Cut),
        Rows(FileFormat.Jsonl, ".jsonl .ndjson", "application/jsonl application/x-ndjson", null, JsonLines.Cut),
        Rows(FileFormat.Json, ".json", "application/json", null, JsonFile.Cut),
        Rows(FileFormat.Csv, ".csv", "text/csv", null, Delimited.Csv),
        Rows(FileFormat.Tsv, ".tsv .tab", "text/tab-separated-values", null, Delimited.Tsv),
        Rows(FileFormat.Parquet, ".parquet", "application/vnd.apache.parquet", ParquetRows.IsParquet, ParquetRows.Cut),
        Records(FileFormat.Warc, ".warc .wet", "application/warc", WarcRecords.IsWarc, WarcRecords.Cut),
        Records(FileFormat.Arc, ".arc", "application/x-internet-archive", ArcRecords.IsArc, ArcRecords.Cut),
        Records(FileFormat.Mbox, ".mbox .mbx", "application/mbox", MboxMessages.IsMbox, MboxMessages.Cut),
    ];

    public static Format Of(FileFormat name) => All.First(f => f.Name == name);

    /// <summary>Those that an extension may stand for.</summary>
    public static IEnumerable<Format> ByExtension(string name)
    {
        var extension = Path.GetExtension(name).ToLowerInvariant();
        return All.Where(f => f.Extensions.Contains(extension));
    }

    /// <summary>The one that content of no known name is, where it shows.</summary>
    public static Format? BySniffing(ReadOnlySpan<byte> head)
    {
        foreach (var format in All)
            if (format.Sniff is not null && format.Sniff(head[..Math.Min(head.Length, HeadBytes)])) return format;
        return null;
    }

    /// <param name="contentType">As in a header, with parameters.</param>
    public static Format? ByMediaType(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) ? All.FirstOrDefault(f => f.MediaTypes.Contains(type.MediaType, StringComparer.OrdinalIgnoreCase)) : null;

    private static Format Rows(FileFormat name, string extensions, string mediaTypes, Sniffer? sniff, Func<Input, IEnumerable<RawRecord>> cut) =>
        Records(name, extensions, mediaTypes, sniff, cut) with { HasColumns = true };

    private static Format Records(FileFormat name, string extensions, string mediaTypes, Sniffer? sniff, Func<Input, IEnumerable<RawRecord>> cut) =>
        new(name, extensions.Split(' '), mediaTypes.Split(' '), sniff, cut);

    private static Format Whole(FileFormat name, string extensions, string mediaTypes, Sniffer? sniff, Func<string, byte[], IEnumerable<Document>> read) =>
        Whole(name, extensions, mediaTypes, sniff, (source, content, _) => read(source, content));

    /// <summary>A format whose reader needs the whole content, up to <see cref="ReadLimits.FileBytes"/>. What it yields before it throws is kept.</summary>
    private static Format Whole(FileFormat name, string extensions, string mediaTypes, Sniffer? sniff, Func<string, byte[], CollectionOptions, IEnumerable<Document>> read)
    {
        return Records(name, extensions, mediaTypes, sniff, Cut);

        IEnumerable<RawRecord> Cut(Input input)
        {
            var content = input.Hold();
            yield return new("", content.Length, () => read(input.Name, content.Take(), input.Options));
        }
    }
}
