using System.Globalization;

namespace Pipeline.Data.Extraction;

/// <summary>What a page says of itself: in meta elements and links first, then in structured data, then in its marked-up text.</summary>
internal sealed class PageFacts
{
    private const int Longest = 300;

    private readonly Dictionary<string, string> metas = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> licenses = new(StringComparer.Ordinal);
    private string? titleElement, firstHeading, byline, time, canonical, statedLicense;
    private StructuredData data = new();

    public string? Title { get; private set; }

    public string? Author { get; private set; }

    /// <summary>yyyy-MM-dd.</summary>
    public string? Date { get; private set; }

    public string? Language { get; private set; }

    public string? Url { get; private set; }

    /// <summary>SPDX identifier.</summary>
    public string? License { get; private set; }

    /// <summary>The article as its structured data gives it.</summary>
    public string? Body => data.Body;

    public static PageFacts Read(PageTree page)
    {
        var facts = new PageFacts();
        for (var node = 0; node < page.Count; node++) facts.Look(page, node);
        facts.Settle(page);
        return facts;
    }

    public void AddTo(Dictionary<string, string> metadata)
    {
        if (Title is not null) metadata["title"] = Title;
        if (Author is not null) metadata["author"] = Author;
        if (Date is not null) metadata["date"] = Date;
    }

    private void Look(PageTree page, int node)
    {
        switch (page[node])
        {
            case Tag.Meta:
                var name = page.Attribute(node, PageAttribute.Property) is { IsEmpty: false } property ? property
                    : page.Attribute(node, PageAttribute.Name) is { IsEmpty: false } named ? named
                    : page.Attribute(node, PageAttribute.Itemprop) is { IsEmpty: false } item ? item : page.Attribute(node, PageAttribute.HttpEquiv);
                if (!name.IsEmpty && metas.Count < 1000) metas.TryAdd(name.ToString(), page.Attribute(node, PageAttribute.Content).ToString());
                break;
            case Tag.Title:
                if (titleElement is null && page[page.Parent(node)] is not (Tag.Svg or Tag.Unknown)) titleElement = PageText.Of(page, node);
                break;
            case Tag.Script:
                if (page.Attribute(node, PageAttribute.Type).Trim().Equals("application/ld+json", StringComparison.OrdinalIgnoreCase) && page.End(node) > node + 1) data = data.With(page.Text(node + 1));
                break;
            case Tag.H1:
                if (firstHeading is null && page.End(node) - node < 50) firstHeading = PageText.Of(page, node);
                break;
            case Tag.Link or Tag.A:
                LookAtLink(page, node);
                break;
            case Tag.Time:
                if (time is null || page.Attribute(node, PageAttribute.Itemprop) is "datePublished") time = Day(page.Attribute(node, PageAttribute.Datetime).ToString()) ?? time;
                break;
        }

        if (byline is null && page[node] is not (Tag.Text or Tag.Meta) && page.End(node) - node < 50 && Hints.IsByline(page, node) && PageText.Of(page, node) is { Length: > 2 and < 100 } by) byline = by;
    }

    private void LookAtLink(PageTree page, int node)
    {
        var rel = page.Attribute(node, PageAttribute.Rel);
        var href = page.Attribute(node, PageAttribute.Href);
        if (page[node] == Tag.Link && rel.Equals("canonical", StringComparison.OrdinalIgnoreCase)) canonical ??= Address(href.ToString());
        if (href.IsEmpty || href.Length > 2000 || Licenses.OfAddress(href.ToString()) is not { } license) return;
        if (rel.Contains("license", StringComparison.OrdinalIgnoreCase)) statedLicense ??= license;
        else if (license.StartsWith("CC", StringComparison.Ordinal) && page[page.Parent(node)] is not (Tag.Figcaption or Tag.Figure)) licenses.Add(license);
    }

    private void Settle(PageTree page)
    {
        Title = Short(Meta("og:title") ?? data.Title ?? TitleOf(titleElement) ?? Meta("twitter:title") ?? Meta("dc.title") ?? firstHeading);
        Author = Short(data.Author ?? NoAddress(Meta("author") ?? Meta("article:author") ?? Meta("dc.creator") ?? Meta("parsely-author")) ?? Trimmed(byline));
        Date = Day(Meta("article:published_time")) ?? Day(data.Date) ?? Day(Meta("datePublished")) ?? Day(Meta("dc.date")) ?? Day(Meta("dcterms.created")) ?? Day(Meta("date")) ?? Day(Meta("pubdate"))
            ?? Day(Meta("parsely-pub-date")) ?? time;
        Language = Tongue(page.Attribute(0, PageAttribute.Lang).ToString()) ?? Tongue(page.Attribute(page.Body, PageAttribute.Lang).ToString()) ?? Tongue(Meta("content-language")) ?? Tongue(data.Language)
            ?? Tongue(Meta("og:locale")?.Replace('_', '-'));
        Url = canonical ?? Address(Meta("og:url"));
        // One licence linked without a word is the page's; where there are several they belong to its parts.
        License = statedLicense ?? Licenses.OfAddress(data.License ?? Meta("dcterms.license") ?? Meta("dc.rights")) ?? (licenses.Count == 1 ? licenses.First() : null);
    }

    private string? Meta(string name) => metas.TryGetValue(name, out var content) && content.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>Without the name of the site, where a mark sets it apart and enough is left.</summary>
    private string? TitleOf(string? title)
    {
        if (title is not { Length: > 0 }) return null;
        if (firstHeading is { Length: > 0 } heading && title.StartsWith(heading, StringComparison.OrdinalIgnoreCase)) return heading;
        foreach (var mark in (ReadOnlySpan<string>)[" | ", " » ", " — ", " – ", " - ", " :: ", " · "])
        {
            if (title.LastIndexOf(mark, StringComparison.Ordinal) is not (> 0 and var at)) continue;
            if (title[..at].Split(' ').Length > 3) return title[..at].Trim();
        }

        return title;
    }

    private static string? Short(string? text) => text?.Trim() is { Length: > 0 } trimmed ? trimmed[..Math.Min(trimmed.Length, Longest)] : null;

    private static string? NoAddress(string? author) => author is null || author.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? null : author;

    private static string? Trimmed(string? by) => by is not null && by.StartsWith("by ", StringComparison.OrdinalIgnoreCase) ? by[3..] : by;

    private static string? Address(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri.AbsoluteUri : null;

    private static string? Tongue(string? tag) => tag?.Trim() is { Length: >= 2 and <= 35 } text && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? text : null;

    private static string? Day(string? date)
    {
        // A date without a year would be taken to be of this one.
        if (date is not { Length: >= 8 and < 64 } || !date.Split('-', ' ', '/', '.', ',', 'T').Any(p => p.Length == 4 && p.All(char.IsAsciiDigit))) return null;
        if (DateOnly.TryParseExact(date.AsSpan(0, Math.Min(10, date.Length)), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return Iso(day);
        return DateTime.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out var moment) ? Iso(DateOnly.FromDateTime(moment)) : null;

        static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }
}
