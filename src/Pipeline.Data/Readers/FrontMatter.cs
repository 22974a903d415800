using Pipeline.Data.Documents;

namespace Pipeline.Data.Readers;

/// <summary>The plain values of YAML front matter: its lines <c>key: value</c> that are neither nested nor lists.</summary>
internal static class FrontMatter
{
    private static readonly (string Key, string Name)[] Known =
        [("title", "title"), ("author", "author"), ("date", "date"), ("lang", "language"), ("language", "language"), ("license", "license"), ("licence", "license"), ("canonical_url", "url"), ("canonical", "url"), ("url", "url")];

    public static void AddTo(Dictionary<string, string> metadata, string yaml)
    {
        foreach (var line in yaml.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line[0] is ' ' or '\t' or '#' or '-') continue;
            var value = line[(colon + 1)..].Trim().Trim('"', '\'').Trim();
            foreach (var (key, name) in Known)
                if (value.Length > 0 && value[0] is not ('[' or '{' or '|' or '>') && line.AsSpan(0, colon).Trim().Equals(key, StringComparison.OrdinalIgnoreCase)) metadata.TryAdd(name, value);
        }
    }

    /// <summary>The document with what of the metadata it has fields for.</summary>
    public static Document ToFields(Document document, Dictionary<string, string> metadata)
    {
        if (metadata.Remove("language", out var language)) document = document with { Language = language };
        if (metadata.Remove("license", out var license)) document = document with { License = Extraction.Licenses.OfAddress(license) ?? (license.Length < 64 && !license.Contains(' ', StringComparison.Ordinal) ? license : Document.UnknownLicense) };
        if (metadata.Remove("url", out var url) && Uri.TryCreate(url, UriKind.Absolute, out var address)) document = document with { Url = address.AbsoluteUri };
        return document with { Metadata = metadata };
    }
}
