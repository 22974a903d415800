using Pipeline.Cli.Comparing;

namespace Pipeline.Cli.Plots;

/// <summary>Which pictures a comparison has: the curves of each training, then bars of the final metrics whose name says which way is better.</summary>
/// <param name="Notes">What is missing in them, and why.</param>
internal sealed record ChartSet(IReadOnlyList<Chart> Charts, IReadOnlyList<string> Notes)
{
    private const int MostCharts = 60;
    private const int MostGroups = 12;

    private static readonly (string Figure, string Title, string Name, bool Dashed)[][] Drawn =
    [
        [("loss", "loss", "training", false), ("validation.loss", "loss", "validation", true)],
        [("validation.accuracy", "held-out accuracy", "accuracy", false)],
    ];

    /// <param name="sides">One, or the old and the new.</param>
    public static async Task<ChartSet> MakeAsync(OpenedPipeline opened, IReadOnlyList<MetricsSide> sides, CancellationToken cancellation)
    {
        var (charts, notes) = (new List<Chart>(), new List<string>());
        var comparison = MetricsComparison.Of(sides[0], sides[^1], opened.Definition.Steps.Select(s => s.Id));
        foreach (var id in comparison.Steps.Select(s => s.Step))
        {
            var logs = new List<IReadOnlyDictionary<string, List<(double X, double Y)>>?>();
            foreach (var side in sides) logs.Add(side.Steps.ContainsKey(id) ? await TrainingLogs.ReadAsync(opened, side, id, notes, cancellation) : null);
            foreach (var figures in Drawn)
            {
                var curves = (from figure in figures
                              from side in Enumerable.Range(0, sides.Count)
                              let points = logs[side]?.GetValueOrDefault(figure.Figure)
                              where points is { Count: > 0 }
                              select new Curve(sides.Count > 1 ? $"{figure.Name} · {sides[side].Label}" : figure.Name, side, figure.Dashed, points).Thinned()).ToList();
                if (curves.Count > 0) charts.Add(new Chart.Lines($"{id}: {figures[0].Title}", curves));
            }
        }

        charts.AddRange(Bars(comparison, sides, notes));
        if (charts.Count > MostCharts) notes.Add($"{charts.Count - MostCharts} of {charts.Count} charts are left out");
        return new([.. charts.Take(MostCharts)], notes);
    }

    private static IEnumerable<Chart> Bars(MetricsComparison comparison, IReadOnlyList<MetricsSide> sides, List<string> notes)
    {
        var bars = from step in comparison.Steps
                   from metric in step.Metrics
                   where MetricDirection.Of(metric.Name) != 0 && (IsDrawn(metric.Old) || IsDrawn(metric.New))
                   let parts = metric.Name.Split('.')
                   // evaluate's finetune.test.perplexity is the figure test.perplexity of evaluate, finetune.
                   let figure = string.Join('.', parts.TakeLast(2))
                   select (Figure: figure, Group: new BarGroup(string.Join(' ', [step.Step, .. parts.SkipLast(2)]), IsDrawn(metric.Old) ? metric.Old : null, sides.Count > 1 && IsDrawn(metric.New) ? metric.New : null));
        foreach (var figure in bars.GroupBy(b => b.Figure, b => b.Group))
        {
            var groups = figure.ToList();
            if (groups.Count > MostGroups) notes.Add($"{figure.Key}: {MostGroups} of {groups.Count} are drawn");
            yield return new Chart.Bars(figure.Key, [.. sides.Select(s => s.Label)], [.. groups.Take(MostGroups)]);
        }
    }

    private static bool IsDrawn(double? value) => value is { } number && double.IsFinite(number);
}
