using System.Text;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Reporting;

/// <summary>The steps above the report as an SVG: a row per depth, an arrow per dependency.</summary>
internal static class GraphDrawing
{
    private const int BoxWidth = 150;
    private const int BoxHeight = 40;
    private const int GapX = 18;
    private const int GapY = 34;

    public static string Draw(IReadOnlyList<Ancestor> steps)
    {
        var depth = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var step in steps) depth[step.Id] = step.DependsOn.Where(depth.ContainsKey).Select(d => depth[d] + 1).DefaultIfEmpty(0).Max();
        var rows = steps.GroupBy(s => depth[s.Id]).OrderBy(g => g.Key).Select(g => g.ToList()).ToList();
        var width = rows.Select(r => (r.Count * (BoxWidth + GapX)) - GapX).DefaultIfEmpty(0).Max() + 4;
        var place = new Dictionary<string, (double X, double Y)>(StringComparer.Ordinal);
        foreach (var (row, y) in rows.Select((r, i) => (r, (i * (BoxHeight + GapY)) + 2)))
        {
            var left = (width - ((row.Count * (BoxWidth + GapX)) - GapX)) / 2.0;
            foreach (var (step, i) in row.Select((s, i) => (s, i))) place[step.Id] = (left + (i * (BoxWidth + GapX)), y);
        }

        var height = (rows.Count * (BoxHeight + GapY)) - GapY + 4;
        var svg = new StringBuilder($"<svg class=\"dag\" role=\"img\" aria-label=\"The steps and what each waits for\" viewBox=\"0 0 {width} {height}\" style=\"max-width:{width}px\">");
        foreach (var step in steps)
        {
            foreach (var above in step.DependsOn.Where(place.ContainsKey))
            {
                var (x1, y1) = (place[above].X + (BoxWidth / 2.0), place[above].Y + BoxHeight);
                var (x2, y2) = (place[step.Id].X + (BoxWidth / 2.0), place[step.Id].Y);
                svg.Append($"<path d=\"M{Html.At(x1)} {Html.At(y1)} C{Html.At(x1)} {Html.At((y1 + y2) / 2)} {Html.At(x2)} {Html.At((y1 + y2) / 2)} {Html.At(x2)} {Html.At(y2)}\"/>");
            }
        }

        foreach (var step in steps)
        {
            var (x, y) = place[step.Id];
            svg.Append($"<rect x=\"{Html.At(x)}\" y=\"{Html.At(y)}\" width=\"{BoxWidth}\" height=\"{BoxHeight}\" rx=\"6\"/>")
                .Append($"<text class=\"id\" x=\"{Html.At(x + (BoxWidth / 2.0))}\" y=\"{Html.At(y + 17)}\">{Html.Text(step.Id)}</text>")
                .Append($"<text class=\"uses\" x=\"{Html.At(x + (BoxWidth / 2.0))}\" y=\"{Html.At(y + 31)}\">{Html.Text(step.Uses)}</text>");
        }

        return svg.Append("</svg>\n").ToString();
    }
}
