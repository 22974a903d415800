using System.Text;
using System.Xml;
using Pipeline.Data.Extraction;

namespace Pipeline.Data.Collection;

/// <summary>A <c>summary</c> element as plain text: references become the words a reader sees.</summary>
internal static class SummaryText
{
    /// <summary>Leaves the reader on the end of the element that it stands on.</summary>
    public static string Read(string file, XmlReader reader, int mostDepth)
    {
        var writer = new BlockWriter();
        var depth = reader.Depth;
        while (reader.Read() && reader.Depth > depth)
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    writer.Inline(reader.Value);
                    break;
                case XmlNodeType.Element:
                    if (reader.Depth > mostDepth) throw new InvalidDataException($"{file}: elements nest deeper than {mostDepth}.");
                    Open(writer, reader);
                    break;
                case XmlNodeType.EndElement:
                    Close(writer, reader.LocalName);
                    break;
            }
        }

        return writer.ToString();
    }

    private static void Open(BlockWriter writer, XmlReader reader)
    {
        switch (reader.LocalName)
        {
            case "see" or "seealso":
                // With text of its own a reference reads as that text.
                if (reader.IsEmptyElement) writer.Inline(Reference(reader));
                break;
            case "paramref" or "typeparamref":
                writer.Inline(reader.GetAttribute("name"));
                break;
            case "code" when !reader.IsEmptyElement:
                writer.Code(AllText(reader));
                break;
            case "para" or "list" or "table":
                writer.Block();
                break;
            case "br":
                writer.Line();
                break;
            case "item" when !reader.IsEmptyElement:
                writer.Enter("- ");
                break;
            case "description" or "term":
                writer.Inline(" ");
                break;
        }
    }

    private static void Close(BlockWriter writer, string element)
    {
        if (element is "para" or "list" or "table") writer.Block();
        if (element is "item") writer.Leave();
    }

    private static string AllText(XmlReader reader)
    {
        var text = new StringBuilder();
        var depth = reader.Depth;
        while (reader.Read() && reader.Depth > depth) text.Append(reader.Value);
        return text.ToString();
    }

    private static string Reference(XmlReader reader)
    {
        if (reader.GetAttribute("cref") is { } cref)
            return MemberName.Parse(cref)?.Short ?? (cref.StartsWith("!:", StringComparison.Ordinal) ? cref[2..] : cref);
        return reader.GetAttribute("langword") ?? reader.GetAttribute("href") ?? "";
    }
}
