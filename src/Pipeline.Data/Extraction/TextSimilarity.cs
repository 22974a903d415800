namespace Pipeline.Data.Extraction;

internal static class TextSimilarity
{
    /// <summary>Whether a heading says no more than the title: three quarters of its characters are in words of the title.</summary>
    public static bool Repeats(string title, string heading)
    {
        if (heading.Length is 0 or > 1000 || title.Length > 1000) return false;
        var (known, words) = (Words(title).ToHashSet(StringComparer.Ordinal), Words(heading));
        var total = words.Sum(w => w.Length + 1);
        return words.Length > 0 && words.Where(w => !known.Contains(w)).Sum(w => w.Length + 1) < .25 * total;
    }

    public static bool EndsSentence(string text)
    {
        text = text.TrimEnd();
        return text.Length > 0 && text[^1] is '.' or '!' or '?' or '…' or '。' or '！' or '？' || text.Contains(". ", StringComparison.Ordinal);
    }

    private static string[] Words(string text) =>
        new string([.. text.Select(c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
