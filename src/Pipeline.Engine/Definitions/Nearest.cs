namespace Pipeline.Engine.Definitions;

/// <summary>Finds the name that was probably meant.</summary>
public static class Nearest
{
    private const int LongestName = 64;
    private const int LeastBeginning = 4;

    /// <summary>The nearest of <paramref name="names"/> by edit distance (a swap of neighbours counts as one edit), else the shortest that begins with it; null where there is none.</summary>
    public static string? Of(string wrong, IEnumerable<string> names)
    {
        if (wrong.Length is 0 or > LongestName) return null;
        var folded = Fold(wrong);
        var limit = Math.Max(1, wrong.Length / 3);
        string? best = null, longer = null;
        foreach (var name in names)
        {
            if (folded.Length >= LeastBeginning && Fold(name).StartsWith(folded, StringComparison.Ordinal) && !(longer?.Length <= name.Length)) longer = name;
            if (name.Length > LongestName || Math.Abs(name.Length - wrong.Length) > limit) continue;
            var distance = Distance(folded, Fold(name), limit);
            if (distance > limit) continue;
            if (distance == 0) return name;
            (best, limit) = (name, distance - 1);
        }

        return best ?? longer;
    }

    /// <summary>A remedy: the nearest name if there is one, else the names there are.</summary>
    public static string? Remedy(string wrong, IReadOnlyCollection<string> names, string listed) =>
        Of(wrong, names) is { } near ? $"did you mean '{near}'?" : names.Count > 0 ? $"{listed}: {Excerpt.List(names)}" : null;

    private static string Fold(string name) => name.ToLowerInvariant().Replace('-', '_');

    private static int Distance(string a, string b, int limit)
    {
        Span<int> before = stackalloc int[LongestName + 1], previous = stackalloc int[LongestName + 1], row = stackalloc int[LongestName + 1];
        for (var j = 0; j <= b.Length; j++) previous[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            var least = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(row[j - 1], previous[j]) + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], before[j - 2] + 1);
                least = Math.Min(least, row[j]);
            }

            if (least > limit) return limit + 1;
            var oldest = before;
            before = previous;
            previous = row;
            row = oldest;
        }

        return previous[b.Length];
    }
}
