namespace Pipeline.Data.Extraction;

/// <summary>What a page has around its content, whatever the content is: navigation, footers, forms, what is hidden.</summary>
internal static class Furniture
{
    public static bool Is(PageTree page, int node) =>
        page[node] is not (Tag.Text or Tag.Body)
        && (page[node] is Tag.Nav or Tag.Footer or Tag.Aside or Tag.Form || page[node].Is(Traits.Unseen) || Hints.IsHidden(page, node)
            || page.Attribute(node, PageAttribute.Role) is "navigation" or "banner" or "contentinfo" or "search" || Hints.IsUnlikely(page, node));
}
