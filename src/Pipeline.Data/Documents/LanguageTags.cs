namespace Pipeline.Data.Documents;

/// <summary>One way to write a language (BCP 47), whoever stated it.</summary>
public static class LanguageTags
{
    /// <summary>With hyphens, the language in small letters and by the tag that is in use: the older ones of the registry, and <c>no</c>, which nearly always means Bokmål, are those of today.</summary>
    public static string? Canonical(string? tag)
    {
        if (tag is null) return null;
        tag = tag.Trim().Replace('_', '-');
        var end = tag.IndexOf('-', StringComparison.Ordinal);
        var language = (end < 0 ? tag : tag[..end]).ToLowerInvariant();
        language = language switch { "no" => "nb", "iw" => "he", "in" => "id", "ji" => "yi", "jw" => "jv", "mo" => "ro", _ => language };
        return end < 0 ? language : language + tag[end..];
    }
}
