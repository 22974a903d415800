using UglyToad.PdfPig.Content;

namespace Pipeline.Data.Readers;

/// <param name="Region">Lines of one region are one column of text; numbered in reading order.</param>
/// <param name="Top">Distance from the bottom of the page, in points, as all others.</param>
internal sealed record PdfLine(string Text, int Region, double Left, double Right, double Top, double Bottom)
{
    public double Height => Top - Bottom;
}

/// <summary>Words of a page as lines in reading order. Recursive X-Y cut (Nagy and Seth 1984): a gutter that no word crosses parts columns; where there is none, the widest blank strip parts what is above it.</summary>
internal static class PdfLayout
{
    private static readonly string[] Ligatures = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"];

    private const int MostCuts = 24;
    private const int LeastColumnLines = 5;

    private readonly record struct Box(string Text, double Left, double Right, double Top, double Bottom);

    public static List<PdfLine> Lines(Page page)
    {
        var words = page.GetWords().Where(w => w.TextOrientation is TextOrientation.Horizontal or TextOrientation.Other && !string.IsNullOrWhiteSpace(w.Text)).Select(w => BoxOf(w)).ToList();
        var (lines, pending, region) = (new List<PdfLine>(), new Stack<(List<Box> Words, int Cuts)>(), 0);
        pending.Push((words, 0));
        while (pending.TryPop(out var part))
        {
            if (part.Words.Count == 0) continue;
            if (part.Cuts < MostCuts && Cut(part.Words) is var (first, second))
            {
                pending.Push((second, part.Cuts + 1));
                pending.Push((first, part.Cuts + 1));
            }
            else
            {
                lines.AddRange(Rows(part.Words).Select(r => LineOf(r, region)));
                region++;
            }
        }

        return lines;
    }

    private static Box BoxOf(Word word)
    {
        var box = word.BoundingBox;
        // Letters have heights of their own; the line's is that of its font.
        var (size, bottom) = (word.Letters[0].PointSize, word.Letters[0].StartBaseLine.Y);
        if (size is not (> 0 and < 1000)) size = Math.Max(1, box.Height);
        return new(word.Text, Math.Min(box.Left, box.Right), Math.Max(box.Left, box.Right), bottom + .7 * size, bottom);
    }

    private static (List<Box>, List<Box>)? Cut(List<Box> words)
    {
        var height = Median(words.Select(w => w.Top - w.Bottom));
        if (Gutter(words, height) is { } x) return (words.Where(w => w.Right <= x).ToList(), words.Where(w => w.Right > x).ToList());
        return Strip(words, height) is { } y ? (words.Where(w => w.Bottom >= y).ToList(), words.Where(w => w.Bottom < y).ToList()) : null;
    }

    private static double? Gutter(List<Box> words, double height)
    {
        if (words.Count < 4 * LeastColumnLines) return null;
        var gaps = Gaps(words.Select(w => (w.Left, w.Right))).Where(g => g.Width >= .8 * height).OrderByDescending(g => g.Width);
        foreach (var (middle, _) in gaps.Take(8))
        {
            var (left, right) = (words.Where(w => w.Right <= middle).ToList(), words.Where(w => w.Right > middle).ToList());
            // Columns of text and not of a table: lines of several words on both sides.
            if (IsColumn(left) && IsColumn(right)) return middle;
        }

        return null;
    }

    private static bool IsColumn(List<Box> words) => words.Count >= 3 * LeastColumnLines && Rows(words).Count is >= LeastColumnLines and var rows && words.Count >= 3 * rows;

    /// <summary>Only strips that may part a heading over columns from them: wider than between paragraphs.</summary>
    private static double? Strip(List<Box> words, double height)
    {
        var widest = Gaps(words.Select(w => (w.Bottom, w.Top))).Where(g => g.Width > .9 * height).DefaultIfEmpty().MaxBy(g => g.Width);
        return widest.Width > 0 ? widest.Middle : null;
    }

    private static List<(double Middle, double Width)> Gaps(IEnumerable<(double From, double To)> intervals)
    {
        List<(double, double)> gaps = [];
        var end = double.NaN;
        foreach (var (from, to) in intervals.OrderBy(i => i.From))
        {
            if (from > end) gaps.Add(((from + end) / 2, from - end));
            end = double.IsNaN(end) ? to : Math.Max(end, to);
        }

        return gaps;
    }

    /// <summary>Words that stand beside each other, rows from the top, each from the left.</summary>
    private static List<List<Box>> Rows(List<Box> words)
    {
        List<List<Box>> rows = [];
        var bottom = double.NaN;
        foreach (var word in words.OrderByDescending(w => w.Bottom).ThenBy(w => w.Left))
        {
            if (!(word.Bottom + .5 * (word.Top - word.Bottom) > bottom))
            {
                rows.Add([]);
                bottom = word.Bottom;
            }

            rows[^1].Add(word);
        }

        foreach (var row in rows) row.Sort((a, b) => a.Left.CompareTo(b.Left));
        return rows;
    }

    private static PdfLine LineOf(List<Box> row, int region) =>
        new(Apart(string.Join(' ', row.Select(w => w.Text))), region, row[0].Left, row.Max(w => w.Right), row.Max(w => w.Top), row.Min(w => w.Bottom));

    /// <summary>Ligatures, U+FB00 to U+FB06, are how letters are set and no letters.</summary>
    private static string Apart(string text) => text.AsSpan().IndexOfAnyInRange('\uFB00', '\uFB06') < 0 ? text : string.Concat(text.Select(c => c is >= '\uFB00' and <= '\uFB06' ? Ligatures[c - '\uFB00'] : c.ToString()));

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[sorted.Count / 2];
    }
}
