using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Pipeline.Cli.Reports;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Pipeline.Cli.Plots;

/// <summary>Draws a chart as SVG by ScottPlot. Texts are written by us: its Skia finds no font on a bare machine, and the same picture is to come out everywhere.</summary>
internal static partial class ChartDrawing
{
    private const int Width = 640;
    private const int Height = 340;
    private const int LegendLine = 16;
    private const int LongestBesideLegend = 26;

    /// <summary>Readable for those who do not see red and green alike.</summary>
    private static readonly string[] Colors = ["#7a869a", "#0b6bcb"];

    /// <summary>Skia's SVG knows no dashes: they are put where one of these colours, the same to the eye, was drawn.</summary>
    private static readonly string[] DashedColors = ["#7a869b", "#0b6bcc"];

    private static readonly PixelPadding Margins = new(62, 16, 46, 58);

    /// <param name="number">Keeps names unique where several pictures stand on one page.</param>
    public static string Svg(Chart chart, int number)
    {
        using var plot = new Plot();
        plot.Layout.Fixed(Margins);
        plot.Grid.MajorLineColor = Color.FromHex("#e3e7ee");
        var labels = chart is Chart.Lines lines ? Draw(plot, lines) : Draw(plot, (Chart.Bars)chart);
        // What ScottPlot would write itself.
        plot.Axes.Bottom.TickLabelStyle.IsVisible = plot.Axes.Left.TickLabelStyle.IsVisible = false;
        plot.HideLegend();
        var svg = plot.GetSvgXml(Width, Height);
        var texts = new StringBuilder(Text(chart.Title, 14, 20, "start", "600 14px"));
        foreach (var (text, x, y) in labels(plot)) texts.Append(Text(text, x, y, y > Height - Margins.Bottom ? "middle" : "end"));
        // Skia counts over the whole process.
        var clips = new Dictionary<string, string>(StringComparer.Ordinal);
        svg = ClipId().Replace(svg, id => clips.TryGetValue(id.Value, out var known) ? known : clips[id.Value] = $"c{number}_{clips.Count}").Replace($"width=\"{Width}\" height=\"{Height}\">", $"viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\">", StringComparison.Ordinal);
        foreach (var color in DashedColors) svg = svg.Replace($"stroke=\"{color.ToUpperInvariant()}\"", $"stroke=\"{color}\" stroke-dasharray=\"6 4\"", StringComparison.Ordinal);
        return svg[..svg.LastIndexOf("</svg>", StringComparison.Ordinal)] + $"<g font-family=\"system-ui, sans-serif\" font-size=\"12px\" fill=\"#3b4656\">{texts}{Legend(chart)}</g></svg>\n";
    }

    private static Func<Plot, IEnumerable<(string Text, double X, double Y)>> Draw(Plot plot, Chart.Lines chart)
    {
        foreach (var curve in chart.Curves)
        {
            var line = plot.Add.ScatterLine(curve.Points.Select(p => p.X).ToArray(), curve.Points.Select(p => p.Y).ToArray(), Color.FromHex((curve.Dashed ? DashedColors : Colors)[curve.Side]));
            line.LineWidth = 1.6f;
            // One point is no line.
            if (curve.Points.Count == 1) line.MarkerSize = 6;
        }

        var points = chart.Curves.SelectMany(c => c.Points).ToList();
        var (x0, x1) = Wider(points.Min(p => p.X), points.Max(p => p.X), chart.Curves.All(c => c.Points.Count == 1) ? 0.05 : 0);
        var (y0, y1) = Wider(points.Min(p => p.Y), points.Max(p => p.Y), 0.05);
        plot.Axes.SetLimits(x0, x1, y0, y1);
        var (across, up) = (Ticks(x0, x1), Ticks(y0, y1));
        plot.Axes.Bottom.TickGenerator = new NumericManual(across, [.. across.Select(_ => "")]);
        plot.Axes.Left.TickGenerator = new NumericManual(up, [.. up.Select(_ => "")]);
        return drawn => Numbers(drawn, up).Concat(across.Select(t => (Screens.Text.Number(t), (double)drawn.GetPixel(new(t, y0)).X, Height - Margins.Bottom + 18d)))
            .Append((chart.Across, (Width + Margins.Left - Margins.Right) / 2d, Height - 10d));
    }

    private static Func<Plot, IEnumerable<(string Text, double X, double Y)>> Draw(Plot plot, Chart.Bars chart)
    {
        foreach (var (group, at) in chart.Groups.Select((g, i) => (g, i)))
        {
            foreach (var (value, side) in new[] { (group.Old, 0), (group.New, 1) }.Take(chart.Sides.Count))
            {
                if (value is not { } height) continue;
                var offset = chart.Sides.Count == 1 ? 0 : side == 0 ? -0.2 : 0.2;
                plot.Add.Bar(new Bar { Position = at + offset, Value = height, Size = chart.Sides.Count == 1 ? 0.6 : 0.36, FillColor = Color.FromHex(Colors[chart.Sides.Count == 1 ? 1 : side]), LineWidth = 0 });
            }
        }

        var values = chart.Groups.SelectMany(g => new[] { g.Old, g.New }).OfType<double>().ToList();
        var (y0, y1) = Wider(Math.Min(0, values.Min()), Math.Max(0, values.Max()), 0.08);
        if (values.Min() >= 0) y0 = 0;
        plot.Axes.SetLimits(-0.6, chart.Groups.Count - 0.4, y0, y1);
        var up = Ticks(y0, y1);
        plot.Axes.Bottom.TickGenerator = new NumericManual([], []);
        plot.Axes.Left.TickGenerator = new NumericManual(up, [.. up.Select(_ => "")]);
        return drawn => Numbers(drawn, up).Concat(chart.Groups.Select((g, i) => (Short(g.Category, chart.Groups.Count), (double)drawn.GetPixel(new(i, y0)).X, Height - Margins.Bottom + 18d + (chart.Groups.Count > 4 && i % 2 == 1 ? 14 : 0))));
    }

    private static IEnumerable<(string Text, double X, double Y)> Numbers(Plot plot, double[] up) => up.Select(t => (Screens.Text.Number(t), Margins.Left - 8d, plot.GetPixel(new(0, t)).Y + 4d));

    private static string Legend(Chart chart)
    {
        var entries = chart switch
        {
            Chart.Lines lines => lines.Curves.Select(c => (c.Name, Colors[c.Side], c.Dashed)).Distinct().ToList(),
            Chart.Bars { Sides.Count: > 1 } bars => [.. bars.Sides.Select((s, i) => (s, Colors[i], false))],
            _ => [],
        };
        var svg = new StringBuilder();
        foreach (var ((name, color, dashed), i) in entries.Select((e, i) => (e, i)))
        {
            var (x, y) = (Width - 14 - (i % 2 * 250), (chart.Title.Length > LongestBesideLegend ? 38 : 20) + (i / 2 * LegendLine));
            svg.Append(Text(Short(name, 1), x - 28, y, "end"));
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x - 22}\" x2=\"{x}\" y1=\"{y - 4}\" y2=\"{y - 4}\" stroke=\"{color}\" stroke-width=\"3\"{(dashed ? " stroke-dasharray=\"6 4\"" : "")}/>");
        }

        return svg.ToString();
    }

    private static string Text(string text, double x, double y, string anchor, string? font = null) =>
        string.Create(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\"{(font is null ? "" : $" style=\"font:{font} system-ui, sans-serif\"")}>{XmlText.Of(text)}</text>");

    private static string Short(string text, int among) => Math.Max(8, 84 / Math.Max(2, (among + 1) / (among > 4 ? 2 : 1))) is var longest && text.Length > longest ? text[..(longest - 1)] + "…" : text;

    /// <summary>Limits that enclose something, with a margin in parts of it.</summary>
    private static (double From, double To) Wider(double from, double to, double margin)
    {
        if (to - from <= Math.Abs(to) * 1e-12) return (from - Math.Max(1e-9, Math.Abs(from) * 0.1), to + Math.Max(1e-9, Math.Abs(to) * 0.1));
        return (from - ((to - from) * margin), to + ((to - from) * margin));
    }

    /// <summary>Round numbers, three to eight of them.</summary>
    private static double[] Ticks(double from, double to)
    {
        var step = Math.Pow(10, Math.Floor(Math.Log10((to - from) / 4)));
        foreach (var factor in (double[])[2, 2.5, 2])
        {
            if ((to - from) / step > 6) step *= factor;
        }

        var first = Math.Ceiling(from / step);
        return [.. Enumerable.Range(0, 9).Select(i => (first + i) * step).Where(t => t <= to + (step * 1e-9))];
    }

    [GeneratedRegex(@"\bcl_([0-9a-f]+)")]
    private static partial Regex ClipId();
}
