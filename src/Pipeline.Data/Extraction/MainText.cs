using Pipeline.Data.Cleaning;

namespace Pipeline.Data.Extraction;

/// <summary>The cascade: the best part of the page; if that is little beside them, its good paragraphs; if both are little, the body that its structured data gives; else all blocks outside furniture; else all.</summary>
internal static class MainText
{
    /// <summary>Characters: with less, what was left out is looked at again.</summary>
    private const int Enough = 500;

    /// <summary>Characters: less is no article.</summary>
    private const int Least = 250;

    private static readonly Strictness[] Attempts = [new(true, true, true), new(false, true, true), new(false, false, true), new(false, false, false)];

    public static (string Text, string Way) Of(PageTree page, PageFacts facts, bool listNumbers)
    {
        var article = Article(page, facts.Title ?? "");
        var prose = Prose.Find(page);
        var (best, way) = article.Characters >= Least && article.Characters * 5L >= prose.Characters ? (article, "article") : (prose, "paragraphs");
        if (facts.Body is { } body && body.Length > Enough && body.Length > 2L * best.Characters) return (MarkupStripper.Strip(body).Trim(), "json-ld");
        if (best.Characters >= Least && Render(page, best, listNumbers) is { Length: > 0 } text) return (text, way);
        var blocks = PageRenderer.Render(page, [OnlyMain(page)], node => Furniture.Is(page, node), listNumbers);
        return blocks.Length > 0 ? (blocks, "blocks") : (PageRenderer.Render(page, [page.Body], _ => false, listNumbers), "page");
    }

    private static string Render(PageTree page, MainContent content, bool listNumbers) => PageRenderer.Render(page, content.Roots, node => content.Removed[node], listNumbers);

    private static MainContent Article(PageTree page, string title)
    {
        MainContent? longest = null;
        foreach (var strictness in Attempts)
        {
            var found = new ContentFinder(page, strictness, title).Find();
            if (longest is null || found.Characters > longest.Characters) longest = found;
            if (found.Characters >= Enough) break;
        }

        return longest!;
    }

    private static int OnlyMain(PageTree page)
    {
        var mains = new List<int>();
        for (var node = page.Body; node < page.End(page.Body) && mains.Count < 2; node++)
            if (page[node] is Tag.Main or Tag.Article || page[node] != Tag.Text && page.Attribute(node, PageAttribute.Role) is "main") mains.Add(node);
        return mains.Count == 1 ? mains[0] : page.Body;
    }
}
