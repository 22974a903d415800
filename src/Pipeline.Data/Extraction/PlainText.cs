using Pipeline.Data.Documents;

namespace Pipeline.Data.Extraction;

internal static class PlainText
{
    public static Document Read(string name, byte[] content)
    {
        var (text, encoding) = TextDecoder.Decode(name, content);
        return Document.Create(name, text) with { Metadata = EncodingNote(encoding) };
    }

    /// <summary>UTF-8 is what one expects; anything else is worth a note.</summary>
    public static Dictionary<string, string> EncodingNote(string encoding) => encoding == "utf-8" ? [] : new() { ["encoding"] = encoding };
}
