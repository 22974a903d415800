using System.Globalization;
using System.Text;
using System.Xml;
using Pipeline.Data.Damages;
using Pipeline.Data.Documents;
using Pipeline.Data.Extraction;

namespace Pipeline.Data.Readers;

/// <summary>A book as one document: its chapters in the order of the spine, without the table of contents. Of a damaged chapter what stands before the damage is kept; such chapters are named, and counted in metadata <c>damaged_chapters</c>.</summary>
internal static class EpubBook
{
    private const int MostNamed = 5;

    public static IEnumerable<Document> Read(string name, byte[] content, ReadLimits limits)
    {
        Document book;
        List<string> faults;
        try
        {
            using var parts = new ZipParts(content, limits);
            (book, faults) = Read(name, parts);
        }
        catch (Exception e) when (e is InvalidDataException or XmlException or NotSupportedException)
        {
            throw new InvalidDataException($"{name}: is no EPUB that can be read, or all of its text is lost: {Faults.Said(e)}", e);
        }

        yield return book;
        if (faults.Count > 0) throw new InvalidDataException($"{name}: {string.Join("; ", faults)}; the rest is kept.");
    }

    private static (Document Book, List<string> Faults) Read(string name, ZipParts parts)
    {
        var faults = new List<string>();
        if (parts.IsTruncated) faults.Add("its archive is truncated");
        var package = Package(parts, faults);
        var (text, damaged, all) = Chapters(parts, package);
        if (damaged.Count > 0) faults.Add($"of its {all} chapters {damaged.Count} are damaged or lost: {string.Join(", ", damaged.Take(MostNamed))}{(damaged.Count > MostNamed ? ", …" : "")}");
        var metadata = new Dictionary<string, string>();
        foreach (var (fact, key) in ((string, string)[])[("title", "title"), ("creator", "author"), ("date", "date")])
            if (package.Facts.TryGetValue(fact, out var value)) metadata[key] = value;
        if (damaged.Count > 0) metadata["damaged_chapters"] = damaged.Count.ToString(CultureInfo.InvariantCulture);
        return (Document.Create(name, text) with
        {
            MediaType = "application/epub+zip",
            Language = package.Facts.GetValueOrDefault("language"),
            License = Licenses.OfAddress(package.Facts.GetValueOrDefault("rights")) ?? Document.UnknownLicense,
            Metadata = metadata,
        }, faults);
    }

    /// <summary>Of a truncated book that has lost its package, or the spine in it: all pages, in the order in which they are packed.</summary>
    private static EpubPackage Package(ZipParts parts, List<string> faults)
    {
        try
        {
            var package = EpubPackage.Read(parts, RootFile(parts));
            if (package.Spine.Count > 0 || !parts.IsTruncated) return package;
        }
        catch (Exception e) when (parts.IsTruncated && e is InvalidDataException or XmlException)
        {
            // What is not there is said below.
        }

        faults.Add("its list of chapters is lost, so they stand as they are packed and it is not known how many are missing");
        return EpubPackage.OfPages(parts.Names);
    }

    private static (string Text, List<string> Damaged, int All) Chapters(ZipParts parts, EpubPackage package)
    {
        var (text, damaged, all, readable) = (new StringBuilder(), new List<string>(), 0, 0);
        foreach (var path in package.Chapters())
        {
            all++;
            try
            {
                var (content, fault) = parts.ReadOn(path);
                if (fault is not null) damaged.Add(path);
                var chapter = Chapter(TextDecoder.Decode(path, content).Text);
                readable += fault is null || chapter.Length > 0 ? 1 : 0;
                if (chapter.Length > 0 && text.Length > 0) text.Append("\n\n");
                text.Append(chapter);
            }
            catch (InvalidDataException)
            {
                damaged.Add(path);
            }
        }

        return readable == 0 && (all > 0 || parts.IsTruncated) ? throw new InvalidDataException(all == 0 ? "it is truncated before its first chapter" : $"all {all} chapters are damaged") : (text.ToString(), damaged, all);
    }

    private static string Chapter(string xhtml) => PageParser.Parse(xhtml, xml: true) is { } page
        ? PageRenderer.Render(page, [page.Body], node => page[node] is Tag.Nav || page[node] != Tag.Text && Hints.IsHidden(page, node), listNumbers: true)
        : throw new InvalidDataException("has more elements than a chapter");

    private static string RootFile(ZipParts parts)
    {
        using var reader = SafeXml.Open(new MemoryStream(parts.Read("META-INF/container.xml")));
        while (SafeXml.Next(reader))
            if (reader is { NodeType: XmlNodeType.Element, LocalName: "rootfile" } && reader.GetAttribute("full-path") is { } path) return path;
        throw new InvalidDataException("its container names no package");
    }
}
