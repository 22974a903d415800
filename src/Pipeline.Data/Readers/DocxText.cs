using System.Xml;
using Pipeline.Data.Damages;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Readers;

/// <summary>A Word document: headings, lists, tables and footnotes in reading order; deleted text, field codes and comments are left out. What stands before damage is kept. Its XML is read as a stream, so that no tree of a hostile one is ever built.</summary>
internal static class DocxText
{
    private const int MostFact = 1000;

    public static IEnumerable<Document> Read(string name, byte[] content, ReadLimits limits)
    {
        Document document;
        Exception? fault = null;
        try
        {
            using var parts = new ZipParts(content, limits);
            if (parts.IsTruncated) fault = new InvalidDataException("its archive is truncated");
            var main = MainPart(parts);
            var (body, metadata, language) = (new DocxWriter(Has("numbering.xml") ? DocxLists.Read(parts.Read(Beside(main, "numbering.xml"))) : DocxLists.None), new Dictionary<string, string>(), (string?)null);
            try
            {
                body.Write(parts.ReadOn(main).Content);
                foreach (var (part, element) in ((string, string)[])[("footnotes.xml", "footnote"), ("endnotes.xml", "endnote")])
                    if (Has(part)) body.WriteNotes(parts.Read(Beside(main, part)), element);
                if (parts.Has("docProps/core.xml")) language = Facts(parts.Read("docProps/core.xml"), metadata);
            }
            catch (Exception e) when (e is InvalidDataException or XmlException && !string.IsNullOrWhiteSpace(body.ToString()))
            {
                fault ??= e;
            }

            document = Document.Create(name, body.ToString()) with
            {
                MediaType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                Language = language,
                Metadata = metadata,
            };

            bool Has(string part) => parts.Has(Beside(main, part));
        }
        catch (Exception e) when (e is InvalidDataException or XmlException or NotSupportedException)
        {
            throw new InvalidDataException($"{name}: is no Word document that can be read: {Faults.Said(e)}", e);
        }

        yield return document;
        if (fault is not null) throw new InvalidDataException($"{name}: what stands before the damage is kept, the rest is lost: {Faults.Said(fault)}", fault);
    }

    private static string MainPart(ZipParts parts)
    {
        if (!parts.Has("_rels/.rels")) return "word/document.xml";
        using var reader = SafeXml.Open(new MemoryStream(parts.Read("_rels/.rels")));
        while (SafeXml.Next(reader))
        {
            if (reader is { NodeType: XmlNodeType.Element, LocalName: "Relationship" } && (reader.GetAttribute("Type") ?? "").EndsWith("/officeDocument", StringComparison.Ordinal) && reader.GetAttribute("Target") is { } target)
                return ZipParts.Resolve("", target);
        }

        return "word/document.xml";
    }

    private static string Beside(string main, string part) => ZipParts.Resolve(main, part);

    private static string? Facts(byte[] core, Dictionary<string, string> metadata)
    {
        string? language = null;
        using var reader = SafeXml.Open(new MemoryStream(core));
        while (SafeXml.Next(reader))
        {
            if (reader.NodeType != XmlNodeType.Element || reader.LocalName is not ("title" or "creator" or "created" or "language")) continue;
            var fact = reader.LocalName;
            if (SafeXml.Text(reader, MostFact).Trim() is not { Length: > 0 } text) continue;
            if (fact == "language") language = text;
            else metadata.TryAdd(fact switch { "creator" => "author", "created" => "date", _ => fact }, fact == "created" && text.Length >= 10 ? text[..10] : text);
        }

        return language;
    }
}

/// <summary>Which lists of a Word document are numbered, by the number of the list and the level within it.</summary>
internal sealed class DocxLists
{
    public static readonly DocxLists None = new();

    private readonly Dictionary<string, string> abstractOf = new(StringComparer.Ordinal);
    private readonly HashSet<(string Abstract, string Level)> bullets = [];

    public bool IsNumbered(string list, string level) => abstractOf.TryGetValue(list, out var kind) && !bullets.Contains((kind, level));

    public static DocxLists Read(byte[] numbering)
    {
        var lists = new DocxLists();
        var (kind, level, list) = ("", "", "");
        using var reader = SafeXml.Open(new MemoryStream(numbering));
        while (SafeXml.Next(reader))
        {
            if (reader.NodeType != XmlNodeType.Element) continue;
            var value = Attribute(reader, "val");
            switch (reader.LocalName)
            {
                case "abstractNum": kind = Attribute(reader, "abstractNumId"); break;
                case "lvl": level = Attribute(reader, "ilvl"); break;
                case "numFmt" when value is "bullet" or "none": lists.bullets.Add((kind, level)); break;
                case "num": list = Attribute(reader, "numId"); break;
                case "abstractNumId": lists.abstractOf.TryAdd(list, value); break;
            }
        }

        return lists;
    }

    /// <summary>An attribute whatever its prefix is; empty where it is absent.</summary>
    public static string Attribute(XmlReader reader, string name) => reader.GetAttribute(name) ?? reader.GetAttribute(name, reader.NamespaceURI) ?? "";
}
