using System.Globalization;
using System.Text;
using Pipeline.Cli.Comparing;
using Pipeline.Cli.Plots;
using Pipeline.Cli.Reports;

namespace Pipeline.Cli.Sweeps;

/// <summary>A sweep as one page that needs nothing beside it: its table, the metric over the steps, and over each number that varies.</summary>
internal static class SweepPage
{
    private const string Best = "best";
    private const string Others = "others";

    public static async Task<string> MakeAsync(OpenedPipeline opened, Sweep sweep, CancellationToken cancellation)
    {
        var (head, rows) = SweepTable.Of(sweep);
        var title = $"{opened.Definition.Name}: {sweep.Step} by {sweep.Metric}";
        var page = new StringBuilder(PlotPage.Head(title, PlotPage.Style + Style));
        page.Append($"<table><thead><tr>{Cells("th", head)}</tr></thead><tbody>\n");
        foreach (var (row, trial) in rows.Zip(sweep.Trials)) page.Append($"<tr{(trial.State == Best ? " class=\"best\"" : "")}>{Cells("td", row)}</tr>\n");
        page.Append("</tbody></table>\n");
        List<string> notes = sweep.Caution is { } caution ? [caution] : [];
        foreach (var (chart, number) in (await ChartsAsync(opened, sweep, notes, cancellation)).Select((c, i) => (c, i)))
        {
            var svg = ChartDrawing.Svg(chart, number);
            page.Append($"<figure aria-label=\"{XmlText.Of(chart.Title)}\">{svg[svg.IndexOf("<svg", StringComparison.Ordinal)..]}</figure>\n");
        }

        foreach (var note in notes) page.Append($"<p class=\"note\">{XmlText.Of(note)}</p>\n");
        return page.Append("</body></html>\n").ToString();
    }

    private static string Cells(string tag, IEnumerable<string> cells) => string.Concat(cells.Select(c => $"<{tag}>{XmlText.Of(c)}</{tag}>"));

    private static async Task<List<Chart>> ChartsAsync(OpenedPipeline opened, Sweep sweep, List<string> notes, CancellationToken cancellation)
    {
        var charts = new List<Chart>();
        // The best is drawn over the others.
        var trials = sweep.Trials.Reverse().ToList();
        var curves = new List<Curve>();
        foreach (var trial in trials.Where(t => t.Last is not null))
        {
            var last = trial.Last!;
            var logged = await TrainingLogs.ReadAsync(opened, MetricsSide.Of("the sweep", [(last.Step.Id, last.Step.Type.Name, last.Result)]), last.Step.Id, notes, cancellation);
            var points = logged?.GetValueOrDefault(sweep.Metric) ?? [.. trial.Rungs.Where(r => double.IsFinite(r.Metric)).Select(r => ((double)r.Horizon, r.Metric))];
            if (points.Count > 0) curves.Add(Named(trial, points).Thinned());
        }

        if (curves.Exists(c => c.Points.Count > 1)) charts.Add(new Chart.Lines($"{sweep.Metric} over the steps", curves));
        // Only those of one length compare.
        var ended = trials.Where(t => t.HasMetric && t.Rungs.Count > 0).Select(t => (Trial: t, t.Rungs[0].Metric)).Where(t => double.IsFinite(t.Metric)).ToList();
        var where = sweep.Horizons.Count > 1 ? $" at {Screens.Text.Number(sweep.Horizons[0])}" : "";
        if (Dots(ended, t => t.Parameters) is { } size) charts.Add(new Chart.Lines($"{sweep.Metric}{where} over parameters", size.Curves, Logarithmic("parameters", size.Logarithmic)));
        foreach (var key in sweep.Keys)
        {
            if (Dots(ended, t => double.TryParse(t.Variant.Values.FirstOrDefault(v => v.Key == key).Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null) is { } dots)
                charts.Add(new Chart.Lines($"{sweep.Metric}{where} over {SweepTable.Short(key, sweep.Keys)}", dots.Curves, Logarithmic(SweepTable.Short(key, sweep.Keys), dots.Logarithmic)));
        }

        return charts;
    }

    /// <summary>A dot a trial; null where there are not two different values.</summary>
    private static (List<Curve> Curves, bool Logarithmic)? Dots(List<(Trial Trial, double Metric)> trials, Func<Trial, double?> across)
    {
        var known = trials.Select(t => (t.Trial, t.Metric, At: across(t.Trial))).Where(t => t.At is { } at && double.IsFinite(at)).Select(t => (t.Trial, t.Metric, At: t.At!.Value)).ToList();
        if (known.Select(t => t.At).Distinct().Count() < 2) return null;
        var logarithmic = known.Min(t => t.At) > 0 && known.Max(t => t.At) >= 20 * known.Min(t => t.At);
        return ([.. known.Select(t => Named(t.Trial, [(logarithmic ? Math.Log10(t.At) : t.At, t.Metric)]))], logarithmic);
    }

    private static Curve Named(Trial trial, IReadOnlyList<(double X, double Y)> points) => trial.State == Best ? new($"{Best}: {string.Join(", ", trial.Variant.Values.Select(v => v.Value))}", 1, false, points) : new(Others, 0, false, points);

    private static string Logarithmic(string name, bool logarithmic) => logarithmic ? $"log10 {name}" : name;

    private const string Style = "table{border-collapse:collapse;margin:1rem 0}th,td{padding:.25rem .7rem;text-align:right;border-bottom:1px solid #e3e7ee}th:last-child,td:last-child{text-align:left}.best{background:#eaf3fd;font-weight:600}";
}
