using System.Globalization;
using System.Text;
using System.Xml;
using Pipeline.Data.Documents;
using Pipeline.Data.Extraction;

namespace Pipeline.Data.Readers;

/// <summary>A book as one document: its chapters in the order of the spine, without the table of contents. A damaged chapter is left out and counted in metadata <c>damaged_chapters</c>.</summary>
internal static class EpubBook
{
    private const int MostText = 10_000;

    private sealed record Item(string Path, string MediaType, bool IsContents);

    private sealed class Package
    {
        public Dictionary<string, Item> Items { get; } = new(StringComparer.Ordinal);

        public List<string> Spine { get; } = [];

        public HashSet<string> Contents { get; } = new(StringComparer.OrdinalIgnoreCase);

        public Dictionary<string, string> Facts { get; } = new(StringComparer.Ordinal);
    }

    public static Document Read(string name, byte[] content)
    {
        try
        {
            using var parts = new ZipParts(content);
            var package = ReadPackage(parts, RootFile(parts));
            var (text, damaged) = Chapters(parts, package);
            var metadata = new Dictionary<string, string>();
            foreach (var (fact, key) in ((string, string)[])[("title", "title"), ("creator", "author"), ("date", "date")])
                if (package.Facts.TryGetValue(fact, out var value)) metadata[key] = value;
            if (damaged > 0) metadata["damaged_chapters"] = damaged.ToString(CultureInfo.InvariantCulture);
            return Document.Create(name, text) with
            {
                MediaType = "application/epub+zip",
                Language = package.Facts.GetValueOrDefault("language"),
                License = Licenses.OfAddress(package.Facts.GetValueOrDefault("rights")) ?? Document.UnknownLicense,
                Metadata = metadata,
            };
        }
        catch (Exception e) when (e is InvalidDataException or XmlException or NotSupportedException)
        {
            throw new InvalidDataException($"{name}: is no EPUB that can be read: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static (string Text, int Damaged) Chapters(ZipParts parts, Package package)
    {
        var (text, damaged, seen) = (new StringBuilder(), 0, new HashSet<string>(StringComparer.Ordinal));
        foreach (var id in package.Spine)
        {
            if (!package.Items.TryGetValue(id, out var item) || item.IsContents || package.Contents.Contains(item.Path) || !item.MediaType.Contains("html", StringComparison.OrdinalIgnoreCase) || !seen.Add(item.Path)) continue;
            try
            {
                var chapter = Chapter(TextDecoder.Decode(item.Path, parts.Read(item.Path)).Text);
                if (chapter.Length > 0 && text.Length > 0) text.Append("\n\n");
                text.Append(chapter);
            }
            catch (InvalidDataException)
            {
                damaged++;
            }
        }

        return seen.Count > 0 && damaged == seen.Count ? throw new InvalidDataException($"all {damaged} chapters are damaged") : (text.ToString(), damaged);
    }

    private static string Chapter(string xhtml) => PageParser.Parse(xhtml, xml: true) is { } page
        ? PageRenderer.Render(page, [page.Body], node => page[node] is Tag.Nav || page[node] != Tag.Text && Hints.IsHidden(page, node))
        : throw new InvalidDataException("has more elements than a chapter");

    private static string RootFile(ZipParts parts)
    {
        using var reader = SafeXml.Open(new MemoryStream(parts.Read("META-INF/container.xml")));
        while (SafeXml.Next(reader))
            if (reader is { NodeType: XmlNodeType.Element, LocalName: "rootfile" } && reader.GetAttribute("full-path") is { } path) return path;
        throw new InvalidDataException("its container names no package");
    }

    private static Package ReadPackage(ZipParts parts, string path)
    {
        var package = new Package();
        using var reader = SafeXml.Open(new MemoryStream(parts.Read(path)));
        while (SafeXml.Next(reader))
        {
            if (reader.NodeType != XmlNodeType.Element) continue;
            switch (reader.LocalName)
            {
                case "title" or "creator" or "language" or "date" or "rights" when reader.NamespaceURI.Contains("dc", StringComparison.Ordinal):
                    var fact = reader.LocalName;
                    if (SafeXml.Text(reader, MostText).Trim() is { Length: > 0 } value && !package.Facts.TryAdd(fact, value) && fact == "creator") package.Facts[fact] += ", " + value;
                    break;
                case "item" when reader.GetAttribute("id") is { } id && reader.GetAttribute("href") is { } href:
                    var contents = (reader.GetAttribute("properties") ?? "").Split(' ').Contains("nav");
                    package.Items.TryAdd(id, new(ZipParts.Resolve(path, href), reader.GetAttribute("media-type") ?? "", contents));
                    break;
                case "itemref" when reader.GetAttribute("idref") is { } spine:
                    package.Spine.Add(spine);
                    break;
                case "reference" when reader.GetAttribute("type") is "toc" or "cover" && reader.GetAttribute("href") is { } guide:
                    package.Contents.Add(ZipParts.Resolve(path, guide));
                    break;
            }
        }

        return package;
    }
}
