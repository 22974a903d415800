using System.Globalization;
using System.Xml;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Readers;

/// <summary>A page of a MediaWiki export. A document's source is the dump's name, its url the page's.</summary>
/// <param name="Namespaces">Of the whole export: they stand before its pages.</param>
/// <param name="Site">Address before a page's title; empty where it is not known.</param>
/// <param name="IsCut">Its text is longer than was asked for.</param>
internal sealed record MediaWikiPage(WikiNamespaces Namespaces, string Site, string? Language, string Title, string Id, int Namespace, bool IsRedirect, string Changed, string Wikitext, bool IsCut)
{
    public Document ToDocument(string dump)
    {
        var metadata = new Dictionary<string, string> { ["title"] = Title, ["page_id"] = Id };
        if (Changed.Length >= 10) metadata["date"] = Changed[..10];
        if (IsRedirect) metadata["redirect"] = "true";
        return Document.Create(dump, WikiText.ToText(Wikitext, Namespaces), Id.Length > 0 ? Id : Title) with
        {
            MediaType = "text/x-wiki",
            Language = Language,
            Url = Site.Length > 0 ? Site + Uri.EscapeDataString(Title.Replace(' ', '_')).Replace("%2F", "/", StringComparison.Ordinal).Replace("%3A", ":", StringComparison.Ordinal) : null,
            Metadata = metadata,
        };
    }
}

/// <summary>The pages of a MediaWiki export, one at a time: a dump has gigabytes.</summary>
internal static class MediaWikiDump
{
    private const int MostFact = 2000;

    /// <param name="mostCharacters">Of a page's wikitext; what goes beyond is cut off.</param>
    /// <exception cref="XmlException">It is malformed after the page that was given last.</exception>
    public static IEnumerable<MediaWikiPage> Pages(Stream dump, int mostCharacters)
    {
        var (site, language, namespaces) = ("", (string?)null, new WikiNamespaces());
        using var reader = SafeXml.Open(dump);
        while (SafeXml.Next(reader))
        {
            if (reader.NodeType != XmlNodeType.Element) continue;
            if (reader.Depth == 0 && reader.LocalName != "mediawiki") throw new InvalidDataException($"expected a MediaWiki export (<mediawiki>), found <{reader.LocalName}>.");
            switch (reader.LocalName)
            {
                case "mediawiki":
                    language = reader.GetAttribute("xml:lang");
                    break;
                case "base":
                    // The address of the main page, of which the last part is its title.
                    site = SafeXml.Text(reader, MostFact);
                    site = site.LastIndexOf('/') is > 0 and var slash ? site[..(slash + 1)] : "";
                    break;
                case "namespace" when int.TryParse(reader.GetAttribute("key"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var key):
                    namespaces.Add(key, SafeXml.Text(reader, MostFact));
                    break;
                case "page" when !reader.IsEmptyElement:
                    yield return Page(namespaces, site, language, reader, mostCharacters);
                    break;
            }
        }
    }

    private static MediaWikiPage Page(WikiNamespaces namespaces, string site, string? language, XmlReader reader, int mostCharacters)
    {
        var page = new MediaWikiPage(namespaces, site, language, "", "", 0, false, "", "", false);
        var depth = reader.Depth;
        while (SafeXml.Next(reader) && reader.Depth > depth)
        {
            if (reader.NodeType != XmlNodeType.Element) continue;
            page = reader.LocalName switch
            {
                "title" => page with { Title = SafeXml.Text(reader, MostFact) },
                "ns" => page with { Namespace = int.TryParse(SafeXml.Text(reader, 20), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0 },
                "id" when page.Id.Length == 0 => page with { Id = SafeXml.Text(reader, 20) },
                "redirect" => page with { IsRedirect = true },
                "timestamp" => page with { Changed = SafeXml.Text(reader, 40) },
                // The last revision is the page.
                "text" => SafeXml.Text(reader, mostCharacters + 1) is var text && text.Length > mostCharacters ? page with { Wikitext = "", IsCut = true } : page with { Wikitext = text, IsCut = false },
                _ => page,
            };
        }

        return page;
    }
}
