namespace Pipeline.Data.Crawling;

/// <summary>Patterns in which <c>*</c> is any characters and nothing else is special.</summary>
internal static class Wildcards
{
    /// <param name="toEnd">The pattern must match to the end of the text; else a beginning of it is enough.</param>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, bool toEnd)
    {
        // The first place at which a part fits is the best one, as only `*` is between parts.
        for (var first = true; ; first = false)
        {
            var star = pattern.IndexOf('*');
            var part = star < 0 ? pattern : pattern[..star];
            if (star < 0 && toEnd) return first ? text.SequenceEqual(part) : text.EndsWith(part, StringComparison.Ordinal);
            var at = first ? (text.StartsWith(part, StringComparison.Ordinal) ? 0 : -1) : text.IndexOf(part, StringComparison.Ordinal);
            if (at < 0) return false;
            if (star < 0) return true;
            text = text[(at + part.Length)..];
            pattern = pattern[(star + 1)..];
        }
    }
}
