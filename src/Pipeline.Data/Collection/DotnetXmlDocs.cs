using System.Xml;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Collection;

/// <summary>The XML documentation of an assembly: one document for each member with a summary, in the file's order. Members before a fault in the XML are given.</summary>
internal static class DotnetXmlDocs
{
    private const int MostDepth = 64;

    // A document type could pull in files and addresses, or blow up a few lines into gigabytes.
    private static readonly XmlReaderSettings Safe = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    public static IEnumerable<Document> Read(string name, byte[] content)
    {
        using var reader = XmlReader.Create(new MemoryStream(content), Safe);
        var assembly = "";
        reader.MoveToContent();
        if (reader.LocalName != "doc") throw new InvalidDataException($"{name}: expected .NET documentation (<doc>), found <{reader.LocalName}>.");
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element) continue;
            if (reader.Depth > MostDepth) throw new InvalidDataException($"{name}: elements nest deeper than {MostDepth}.");
            if (reader is { Depth: 2, LocalName: "name" }) assembly = Inner(reader);
            else if (reader is { Depth: 2, LocalName: "member" } && ReadMember(name, assembly, reader) is { } document) yield return document;
        }
    }

    private static Document? ReadMember(string name, string assembly, XmlReader reader)
    {
        var id = reader.GetAttribute("name") ?? "";
        if (reader.IsEmptyElement || MemberName.Parse(id) is not { } member) return null;
        var summary = "";
        while (reader.Read() && reader.Depth > 2)
        {
            if (reader.Depth > MostDepth) throw new InvalidDataException($"{name}: elements nest deeper than {MostDepth}.");
            if (reader is { NodeType: XmlNodeType.Element, Depth: 3, LocalName: "summary", IsEmptyElement: false }) summary = SummaryText.Read(name, reader, MostDepth);
        }

        if (summary.Length == 0) return null;
        return Document.Create(name, summary, id) with
        {
            MediaType = "application/xml",
            Language = "en",
            License = "MIT",
            Metadata = new Dictionary<string, string>
            {
                ["member"] = member.Readable,
                ["kind"] = member.Kind,
                ["declaring_type"] = member.DeclaringType,
                ["assembly"] = assembly,
            },
        };
    }

    private static string Inner(XmlReader reader) => reader.Read() && reader.NodeType == XmlNodeType.Text ? reader.Value.Trim() : "";
}
