namespace Pipeline.Data.Readers;

internal static class WikiLinks
{
    // Prefixes of other projects, whose pages are shown by their titles.
    private static readonly HashSet<string> Projects = new(StringComparer.OrdinalIgnoreCase)
    {
        "w", "wikipedia", "wikt", "wiktionary", "s", "wikisource", "b", "wikibooks", "q", "wikiquote", "n", "wikinews", "v", "wikiversity", "voy", "wikivoyage", "c", "commons", "d", "wikidata", "m", "meta", "mw", "species", "wikispecies", "doi",
    };

    /// <summary>The words of a link; nothing of files, categories and the same page in other languages.</summary>
    public static string Shown(string content, WikiNamespaces namespaces)
    {
        var bar = content.IndexOf('|', StringComparison.Ordinal);
        var target = (bar < 0 ? content : content[..bar]).Trim();
        if (target.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
        {
            var space = target[..colon].Trim();
            if (namespaces.Hide(space)) return "";
            if (bar < 0 && Projects.Contains(space)) return target[(target.LastIndexOf(':') + 1)..].Trim();
            if (bar < 0 && IsLanguage(space)) return "";
        }

        if (bar < 0) return target.TrimStart(':');
        var words = content[(bar + 1)..].Trim();
        if (words.Length > 0) return words;
        // The pipe trick: what stands before a bracket or a comma, without the namespace.
        var plain = target[(target.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var cut = plain.IndexOfAny(['(', ',']);
        return cut > 0 ? plain[..cut].Trim() : plain;
    }

    /// <summary>As Wikipedias are called: <c>fr</c>, <c>zh-min-nan</c>, <c>simple</c>.</summary>
    private static bool IsLanguage(string prefix)
    {
        var first = prefix.Split('-')[0];
        return prefix == "simple" || (first.Length is 2 or 3 && prefix.Length <= 12 && prefix.All(c => char.IsAsciiLetterLower(c) || c == '-'));
    }
}
