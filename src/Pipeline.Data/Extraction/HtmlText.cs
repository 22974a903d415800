using System.Buffers;
using System.Text;
using Pipeline.Data.Cleaning;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Extraction;

/// <summary>A page as a document: its main content, and what the page says of itself.</summary>
public static class HtmlText
{
    private const int MostCharacters = 32 << 20;

    private static readonly SearchValues<char> CharsetEnds = SearchValues.Create("\"' />;");

    /// <param name="name">Becomes the document's source.</param>
    /// <param name="listNumbers">As <see cref="Collection.CollectionOptions.ListNumbers"/>.</param>
    public static Document Read(string name, byte[] content, bool listNumbers = false)
    {
        var (html, encoding) = TextDecoder.Decode(name, content, DeclaredCharset(content));
        var metadata = PlainText.EncodingNote(encoding);
        var page = html.Length > MostCharacters ? null : PageParser.Parse(html);
        var facts = page is null ? new() : PageFacts.Read(page);
        var (text, way) = page is null ? ("", "") : MainText.Of(page, facts, listNumbers);
        // Too big for a tree, or nothing but what is never seen, such as a drawing that does not end.
        if (text.Length == 0) (text, way) = (MarkupStripper.Strip(html).Trim(), "tags-stripped");
        metadata["extraction"] = way;
        facts.AddTo(metadata);
        return Document.Create(name, text) with
        {
            MediaType = "text/html",
            Language = facts.Language,
            Url = facts.Url,
            License = facts.License ?? Document.UnknownLicense,
            Metadata = metadata,
        };
    }

    private static string? DeclaredCharset(ReadOnlySpan<byte> content)
    {
        var head = Encoding.ASCII.GetString(content[..Math.Min(content.Length, 2048)]);
        var at = head.IndexOf("charset=", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return null;
        var value = head.AsSpan(at + 8).TrimStart("\"' ");
        var end = value.IndexOfAny(CharsetEnds);
        return end <= 0 ? null : value[..end].ToString();
    }
}
