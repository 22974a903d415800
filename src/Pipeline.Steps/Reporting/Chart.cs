using System.Text;

namespace Pipeline.Steps.Reporting;

/// <summary>A named line of points; x rises.</summary>
internal sealed record Series(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>A line chart as SVG, with axes in round numbers.</summary>
internal static class Chart
{
    private const int Width = 640;
    private const int Height = 260;
    private const int Left = 56;
    private const int Bottom = 34;
    private const int Top = 12;
    private const int Right = 12;
    private const int MostPoints = 400;

    public static string Draw(string title, string xLabel, IReadOnlyList<Series> series)
    {
        var points = series.SelectMany(s => s.Points).Where(p => double.IsFinite(p.Y)).ToList();
        if (points.Count == 0) return "";
        var (x0, x1) = (points.Min(p => p.X), points.Max(p => p.X));
        var (y0, y1) = (points.Min(p => p.Y), points.Max(p => p.Y));
        if (x1 <= x0) x1 = x0 + 1;
        if (y1 <= y0) y1 = y0 + 1;
        var svg = new StringBuilder($"<figure><figcaption>{Html.Text(title)}</figcaption><svg class=\"chart\" role=\"img\" aria-label=\"{Html.Text(title)}\" viewBox=\"0 0 {Width} {Height}\">");
        foreach (var tick in Ticks(y0, y1))
            svg.Append($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Html.At(Y(tick))}\" y2=\"{Html.At(Y(tick))}\"/><text class=\"y\" x=\"{Left - 6}\" y=\"{Html.At(Y(tick) + 4)}\">{Html.Number(tick)}</text>");
        foreach (var tick in Ticks(x0, x1)) svg.Append($"<text class=\"x\" x=\"{Html.At(X(tick))}\" y=\"{Height - Bottom + 16}\">{Html.Number(tick)}</text>");
        svg.Append($"<text class=\"x\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 4}\">{Html.Text(xLabel)}</text>");
        foreach (var (line, i) in series.Select((s, i) => (s, i)))
        {
            var path = string.Join(' ', Thin(line.Points).Where(p => double.IsFinite(p.Y)).Select(p => $"{Html.At(X(p.X))},{Html.At(Y(p.Y))}"));
            svg.Append($"<polyline class=\"s{i % 6}\" points=\"{path}\"/><text class=\"legend s{i % 6}\" x=\"{Width - Right - 4}\" y=\"{Top + 14 + (i * 16)}\">{Html.Text(line.Name)}</text>");
        }

        return svg.Append("</svg></figure>\n").ToString();

        double X(double value) => Left + ((value - x0) / (x1 - x0) * (Width - Left - Right));
        double Y(double value) => Height - Bottom - ((value - y0) / (y1 - y0) * (Height - Bottom - Top));
    }

    /// <summary>At most <see cref="MostPoints"/> points, each the mean of its neighbours: a page of a long run stays small.</summary>
    private static IEnumerable<(double X, double Y)> Thin(IReadOnlyList<(double X, double Y)> points)
    {
        if (points.Count <= MostPoints) return points;
        var each = (int)Math.Ceiling(points.Count / (double)MostPoints);
        return points.Chunk(each).Select(c => (c[^1].X, c.Average(p => p.Y)));
    }

    private static IEnumerable<double> Ticks(double from, double to)
    {
        var step = Math.Pow(10, Math.Floor(Math.Log10((to - from) / 4)));
        foreach (var factor in (double[])[2, 2.5, 2])
        {
            if ((to - from) / step > 6) step *= factor;
        }

        for (var tick = Math.Ceiling(from / step) * step; tick <= to + (step * 1e-9); tick += step) yield return Math.Round(tick, 10);
    }
}
