namespace Pipeline.Engine.Definitions;

/// <summary>Cuts texts of a file to what fits a message and is safe on a terminal.</summary>
internal static class Excerpt
{
    public static string Short(string text, int limit = 60)
    {
        var clean = Clean(text.AsSpan(0, Math.Min(text.Length, limit)));
        return text.Length > limit ? clean + "…" : clean;
    }

    /// <summary>Control characters as spaces: a file must not move the cursor or colour the screen of who reads its errors.</summary>
    public static string Clean(ReadOnlySpan<char> text) =>
        string.Create(text.Length, text, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++) target[i] = char.IsControl(source[i]) || source[i] is '\u2028' or '\u2029' ? ' ' : source[i];
        });

    /// <summary>Names for a message: the first few, and how many more.</summary>
    public static string List(IEnumerable<string> names, int limit = 12)
    {
        var all = names.ToList();
        return all.Count <= limit ? string.Join(", ", all) : $"{string.Join(", ", all.Take(limit))} and {all.Count - limit} more";
    }
}
