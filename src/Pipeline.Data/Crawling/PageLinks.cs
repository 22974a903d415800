using Pipeline.Data.Extraction;

namespace Pipeline.Data.Crawling;

/// <summary>What a page says to crawlers.</summary>
/// <param name="Addresses">Of links to follow, normalised, each once, in order.</param>
/// <param name="Canonical">The address that the page says is its own.</param>
internal sealed record PageLinks(IReadOnlyList<string> Addresses, string? Canonical, bool NoIndex, bool NoFollow, bool MoreLinks)
{
    public static PageLinks None { get; } = new([], null, false, false, false);

    /// <param name="agent">Product token that directives may name.</param>
    public static PageLinks Read(string html, Uri address, string agent, CrawlOptions options)
    {
        if (PageParser.Parse(html) is not { } page) return None;
        var (links, seen) = (new List<string>(), new HashSet<string>(StringComparer.Ordinal));
        var (directives, from, more) = (new RobotsDirectives(agent), address, false);
        string? canonical = null;
        var hasBase = false;
        for (var node = 0; node < page.Count; node++)
        {
            switch (page[node])
            {
                case Tag.Base when !hasBase && page.Has(node, PageAttribute.Href):
                    hasBase = true;
                    from = WebAddress.Normalize(page.Attribute(node, PageAttribute.Href).ToString(), address, []) ?? address;
                    break;
                case Tag.Meta:
                    directives.AddMeta(page.Attribute(node, PageAttribute.Name), page.Attribute(node, PageAttribute.Content));
                    break;
                case Tag.Link when Has(page, node, "canonical"):
                    canonical ??= WebAddress.Normalize(page.Attribute(node, PageAttribute.Href).ToString(), from, options.DropParameters)?.AbsoluteUri;
                    break;
                case Tag.A or Tag.Unknown or Tag.Link when page.Has(node, PageAttribute.Href) && (page[node] != Tag.Link || Has(page, node, "next") || Has(page, node, "prev")) && !Has(page, node, "nofollow"):
                    var href = page.Attribute(node, PageAttribute.Href);
                    if (href.Length > 4 * WebAddress.MostCharacters || WebAddress.Normalize(href.ToString(), from, options.DropParameters)?.AbsoluteUri is not { } link || !seen.Add(link)) break;
                    if (links.Count < options.Traps.Links) links.Add(link);
                    else more = true;
                    break;
            }
        }

        return new(directives.NoFollow ? [] : links, canonical, directives.NoIndex, directives.NoFollow, more);
    }

    private static bool Has(PageTree page, int node, ReadOnlySpan<char> relation)
    {
        var rel = page.Attribute(node, PageAttribute.Rel);
        foreach (var range in rel.Split(' '))
            if (rel[range].Equals(relation, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
