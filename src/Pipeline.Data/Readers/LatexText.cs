using System.Text;
using Pipeline.Data.Documents;
using Pipeline.Data.Extraction;

namespace Pipeline.Data.Readers;

/// <summary>LaTeX as text: macros of the file expanded, mathematics kept as <c>$...$</c>, environments laid out, comments and layout left out. Files it inputs are named, not read.</summary>
internal static class LatexText
{
    public static Document Read(string name, byte[] content)
    {
        var (latex, encoding) = TextDecoder.Decode(name, content, Declared(content));
        var metadata = PlainText.EncodingNote(encoding);
        var reader = new LatexReader(latex.ReplaceLineEndings("\n"));
        var text = reader.Read();
        foreach (var (key, value) in reader.Facts) metadata[key] = value;
        return Document.Create(name, text) with { MediaType = "application/x-tex", Metadata = metadata };
    }

    /// <summary>What the package inputenc is told.</summary>
    private static string? Declared(ReadOnlySpan<byte> content)
    {
        var head = Encoding.ASCII.GetString(content[..Math.Min(content.Length, 8192)]);
        var at = head.IndexOf("]{inputenc}", StringComparison.Ordinal);
        var open = at < 0 ? -1 : head.LastIndexOf('[', at);
        return open < 0 ? null : head[(open + 1)..at].Trim() switch { "ansinew" or "cp1252" => "windows-1252", "latin2" => "iso-8859-2", "koi8-r" => "koi8-r", "cp1251" => "windows-1251", var other => other };
    }
}
