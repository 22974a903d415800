using System.Buffers;
using System.Collections.Frozen;

namespace Pipeline.Data.Extraction;

/// <summary>What names of classes, ids and roles say about a part of a page. The words are those in common use since Arc90's readability (Apache-2.0).</summary>
internal static class Hints
{
    private static readonly SearchValues<string> Unlikely = Words("-ad-", "ai2html", "banner", "breadcrumb", "combx", "comment", "community", "cover-wrap", "disqus", "extra", "footer", "gdpr", "header", "legends", "menu", "related",
        "remark", "replies", "rss", "shoutbox", "sidebar", "skyscraper", "social", "sponsor", "supplemental", "ad-break", "agegate", "pagination", "pager", "popup", "yom-remote", "cookie", "newsletter", "sphinxsidebar", "navbar",
        "navigation", "navheader", "navfooter");

    private static readonly SearchValues<string> Likely = Words("and", "article", "body", "column", "content", "main", "mathjax", "shadow");
    private static readonly SearchValues<string> Positive = Words("article", "body", "content", "entry", "hentry", "h-entry", "main", "page", "pagination", "post", "text", "blog", "story");

    private static readonly SearchValues<string> Negative = Words("-ad-", "hidden", "banner", "combx", "comment", "com-", "contact", "footer", "gdpr", "masthead", "media", "meta", "outbrain", "promo", "related", "scroll", "share",
        "shoutbox", "sidebar", "skyscraper", "sponsor", "shopping", "tags", "widget");

    private static readonly SearchValues<string> Bylines = Words("byline", "author", "dateline", "writtenby", "p-author");

    private static readonly FrozenSet<string> Notices = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "ad", "ads", "advert", "advertisement", "advertisements", "advertising", "sponsored", "sponsored content", "pub", "publicité", "werbung", "anzeige", "anuncio", "publicidad", "реклама", "广告", "廣告", "広告",
        "loading", "loading...", "loading…", "please wait", "正在加载", "загрузка", "chargement", "cargando", "story continues below advertisement", "article continues below advertisement");

    /// <summary>Whether all that an element says is that something is advertised or loading.</summary>
    public static bool IsNotice(string text) => text.Length < 50 && Notices.Contains(text.Trim('.', '…', ':', '-', '—', ' '));

    public static bool IsUnlikely(PageTree page, int node)
    {
        if (page.Attribute(node, PageAttribute.Role) is "menu" or "menubar" or "complementary" or "navigation" or "alert" or "alertdialog" or "dialog") return true;
        if (page[node] is Tag.Body or Tag.A or Tag.Html or Tag.Main or Tag.Article) return false;
        var name = page.Attribute(node, PageAttribute.Class);
        var id = page.Attribute(node, PageAttribute.Id);
        return Any(name, id, Unlikely) && !Any(name, id, Likely);
    }

    /// <summary>The footer of the page by its very name, which is no content however little else there is.</summary>
    public static bool IsFooter(PageTree page, int node) =>
        page[node] is Tag.Div or Tag.Section && (page.Attribute(node, PageAttribute.Class) is "footer" || page.Attribute(node, PageAttribute.Id) is "footer" || page.Attribute(node, PageAttribute.Role) is "contentinfo");

    public static int Weight(PageTree page, int node) => Weight(page.Attribute(node, PageAttribute.Class)) + Weight(page.Attribute(node, PageAttribute.Id));

    public static bool IsByline(PageTree page, int node) =>
        page.Attribute(node, PageAttribute.Rel) is "author" || page.Attribute(node, PageAttribute.Itemprop).Contains("author", StringComparison.Ordinal)
        || Any(page.Attribute(node, PageAttribute.Class), page.Attribute(node, PageAttribute.Id), Bylines);

    public static bool IsShare(PageTree page, int node) => IsShare(page.Attribute(node, PageAttribute.Class)) || IsShare(page.Attribute(node, PageAttribute.Id));

    public static bool IsHidden(PageTree page, int node)
    {
        if (page.Has(node, PageAttribute.Hidden)) return true;
        if (page.Attribute(node, PageAttribute.AriaHidden) is "true" && !page.Attribute(node, PageAttribute.Class).Contains("fallback-image", StringComparison.Ordinal)) return true;
        if (page.Attribute(node, PageAttribute.AriaModal) is "true" && page.Attribute(node, PageAttribute.Role) is "dialog") return true;
        var style = page.Attribute(node, PageAttribute.Style);
        return Declares(style, "display", "none") || Declares(style, "visibility", "hidden");
    }

    private static bool Declares(ReadOnlySpan<char> style, string property, string value)
    {
        var at = style.IndexOf(property, StringComparison.OrdinalIgnoreCase);
        return at >= 0 && style[(at + property.Length)..].TrimStart() is [':', .. var rest] && rest.TrimStart().StartsWith(value, StringComparison.OrdinalIgnoreCase);
    }

    private static int Weight(ReadOnlySpan<char> name) =>
        name.IsEmpty ? 0 : (name.ContainsAny(Positive) ? 25 : 0) - (name.ContainsAny(Negative) || IsHid(name) ? 25 : 0);

    private static bool IsHid(ReadOnlySpan<char> name)
    {
        foreach (var word in name.Split(' '))
            if (name[word] is "hid") return true;
        return false;
    }

    /// <summary>The word <c>share</c> set off by spaces, hyphens or underscores.</summary>
    private static bool IsShare(ReadOnlySpan<char> name)
    {
        for (var from = 0; from < name.Length;)
        {
            var at = name[from..].IndexOf("share", StringComparison.OrdinalIgnoreCase);
            if (at < 0) return false;
            var (start, end) = (from + at, from + at + 5);
            if (name[end..].StartsWith("daddy", StringComparison.OrdinalIgnoreCase)) end += 5;
            if ((start == 0 || !char.IsLetterOrDigit(name[start - 1])) && (end == name.Length || !char.IsLetterOrDigit(name[end]))) return true;
            from = start + 5;
        }

        return false;
    }

    private static bool Any(ReadOnlySpan<char> name, ReadOnlySpan<char> id, SearchValues<string> words) => !name.IsEmpty && name.ContainsAny(words) || !id.IsEmpty && id.ContainsAny(words);

    private static SearchValues<string> Words(params string[] words) => SearchValues.Create(words, StringComparison.OrdinalIgnoreCase);
}
