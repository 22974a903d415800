namespace Pipeline.Data.Readers;

/// <summary>Removes lines that pages repeat at their top or bottom, page numbers not minding: headers, footers, numbers alone.</summary>
internal static class RunningHeads
{
    private const int LeastPages = 3;
    private const int Edge = 2;

    public static void Remove(List<List<PdfLine>> pages)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var page in pages)
            foreach (var key in EdgesOf(page).Select(l => Key(l.Text)).Distinct()) counts[key] = counts.GetValueOrDefault(key) + 1;
        // Left and right pages may have heads of their own, and chapters too.
        var enough = Math.Max(LeastPages, pages.Count / 20);
        foreach (var page in pages)
        {
            var heads = EdgesOf(page).Where(l => counts[Key(l.Text)] >= enough).ToHashSet();
            page.RemoveAll(heads.Contains);
        }
    }

    private static IEnumerable<PdfLine> EdgesOf(List<PdfLine> page)
    {
        var byHeight = page.OrderByDescending(l => l.Bottom).ToList();
        return byHeight.Take(Edge).Concat(byHeight.Skip(Math.Max(Edge, byHeight.Count - Edge)));
    }

    /// <summary>Digits are alike, and so are the roman numbers that front matter is paged with.</summary>
    private static string Key(string line) =>
        line.Length <= 8 && line.All(c => c is 'i' or 'v' or 'x' or 'l' or 'c') ? "0" : string.Join(' ', new string([.. line.Select(c => char.IsDigit(c) ? '0' : c)]).Replace("00", "0", StringComparison.Ordinal).Replace("00", "0", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
