using System.Xml;

namespace Pipeline.Data.Readers;

/// <summary>What the package file of an EPUB says: its parts, the order of its chapters, and what it is.</summary>
internal sealed class EpubPackage
{
    private const int MostText = 10_000;

    private readonly Dictionary<string, Item> items = new(StringComparer.Ordinal);
    private readonly HashSet<string> contents = new(StringComparer.OrdinalIgnoreCase);

    private sealed record Item(string Path, string MediaType, bool IsContents);

    /// <summary>Ids of chapters.</summary>
    public List<string> Spine { get; } = [];

    /// <summary>Of Dublin Core: title, creator, language, date, rights.</summary>
    public Dictionary<string, string> Facts { get; } = new(StringComparer.Ordinal);

    /// <summary>Paths of the chapters to read, in order, each once, without the table of contents.</summary>
    public IEnumerable<string> Chapters() =>
        Spine.Select(id => items.GetValueOrDefault(id)).OfType<Item>()
            .Where(i => !i.IsContents && !contents.Contains(i.Path) && i.MediaType.Contains("html", StringComparison.OrdinalIgnoreCase))
            .Select(i => i.Path).Distinct(StringComparer.Ordinal);

    /// <summary>For a book whose package is lost.</summary>
    public static EpubPackage OfPages(IEnumerable<string> names)
    {
        var package = new EpubPackage();
        foreach (var name in names.Where(n => Path.GetExtension(n).ToLowerInvariant() is ".xhtml" or ".html" or ".htm"))
        {
            var file = Path.GetFileNameWithoutExtension(name).ToLowerInvariant();
            if (file is "nav" or "toc" or "cover") continue;
            package.items.TryAdd(name, new(name, "application/xhtml+xml", IsContents: false));
            package.Spine.Add(name);
        }

        return package;
    }

    /// <exception cref="XmlException">It is malformed.</exception>
    public static EpubPackage Read(ZipParts parts, string path)
    {
        var package = new EpubPackage();
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
                    var isContents = (reader.GetAttribute("properties") ?? "").Split(' ').Contains("nav");
                    package.items.TryAdd(id, new(ZipParts.Resolve(path, href), reader.GetAttribute("media-type") ?? "", isContents));
                    break;
                case "itemref" when reader.GetAttribute("idref") is { } spine:
                    package.Spine.Add(spine);
                    break;
                case "reference" when reader.GetAttribute("type") is "toc" or "cover" && reader.GetAttribute("href") is { } guide:
                    package.contents.Add(ZipParts.Resolve(path, guide));
                    break;
            }
        }

        return package;
    }
}
