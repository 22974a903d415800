using System.Xml;

namespace Pipeline.Data.Readers;

/// <summary>XML from anywhere: no document types, which could pull in files and addresses or blow up a few lines into gigabytes, and no deep nesting.</summary>
internal static class SafeXml
{
    private const int MostDepth = 256;

    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true, CheckCharacters = false };

    public static XmlReader Open(Stream stream) => XmlReader.Create(stream, Settings);

    /// <summary>The next node; false at the end.</summary>
    /// <exception cref="XmlException">It is malformed, or nests deeper than anyone writes.</exception>
    public static bool Next(XmlReader reader)
    {
        if (!reader.Read()) return false;
        if (reader.Depth > MostDepth) throw new XmlException($"Elements nest deeper than {MostDepth}.");
        return true;
    }

    /// <summary>The text of the element the reader is at, up to a number of characters.</summary>
    public static string Text(XmlReader reader, int most)
    {
        if (reader.IsEmptyElement) return "";
        var (text, depth) = (new System.Text.StringBuilder(), reader.Depth);
        while (Next(reader) && reader.Depth > depth)
        {
            if (reader.NodeType is not (XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace)) continue;
            if (text.Length < most) text.Append(reader.Value);
        }

        return text.Length > most ? text.ToString(0, most) : text.ToString();
    }
}
