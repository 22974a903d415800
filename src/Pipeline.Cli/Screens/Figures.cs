using System.Globalization;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Execution;

namespace Pipeline.Cli.Screens;

/// <summary>The held-out figures of the evaluation steps: a row for each figure, a column for the baseline and for each model, in as many blocks as the width asks for.</summary>
internal static class Figures
{
    private const string Baseline = "baseline";
    private const int MostCells = 80;
    private static readonly string[] Baselines = ["unigram", "floor"];
    private static readonly string[] Groups = ["test", "answer", "preference"];

    public static void Print(TextWriter output, RunSummary summary)
    {
        foreach (var outcome in summary.Outcomes.Where(o => o.Result is not null && o.Step.Type.Name.StartsWith("evaluate.", StringComparison.Ordinal)))
        {
            var lists = outcome.Step.Type.Inputs.Where(p => p.Arity == PortArity.List).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
            var models = outcome.Step.Inputs.Where(i => lists.Contains(i.Port)).Select(i => i.Member).Distinct().Where(m => outcome.Result!.Metrics.Keys.Any(k => k.StartsWith(m + ".", StringComparison.Ordinal))).ToList();
            foreach (var line in Table(outcome.Result!.Metrics, models)) output.WriteLine(line);
        }
    }

    /// <param name="models">From the earliest stage to the latest.</param>
    internal static IEnumerable<string> Table(IReadOnlyDictionary<string, double> metrics, IReadOnlyList<string> models)
    {
        var columns = Baselines.Any(b => metrics.Keys.Any(k => k.StartsWith(b + ".", StringComparison.Ordinal))) ? [Baseline, .. models] : models;
        var rows = metrics.Keys.Select(k => k.Split('.', 2)).Where(k => k.Length == 2 && (models.Contains(k[0]) || Baselines.Contains(k[0]))).Select(k => k[1]).Distinct()
            // The loss says the same as the perplexity.
            .Where(r => !r.EndsWith(".loss", StringComparison.Ordinal))
            .Select(r => new Row(r, r.Split('.', 2)[0], r[(r.IndexOf('.') + 1)..].Replace('_', ' '), [.. columns.Select(c => Value(metrics, c, r))]))
            .OrderBy(r => Array.IndexOf(Groups, r.Group) is var at && at < 0 ? Groups.Length : at).ThenBy(r => r.Group, StringComparer.Ordinal)
            .ThenBy(r => r.Label is "perplexity" or "accuracy" ? 0 : 1).ThenBy(r => r.Label, StringComparer.Ordinal).ToList();
        if (rows.Count == 0) yield break;
        var first = Math.Max("  held out".Length, rows.Max(r => r.Label.Length) + 4);
        var widths = columns.Select((c, i) => Math.Max(c.Length, rows.Max(r => r.Say(i).Length)) + 2).ToList();
        for (var from = 0; from < columns.Count;)
        {
            var to = from + 1;
            while (to < columns.Count && first + widths.Skip(from).Take(to + 1 - from).Sum() <= MostCells) to++;
            var block = Enumerable.Range(from, to - from).ToList();
            yield return "  held out".PadRight(first) + string.Concat(block.Select(i => columns[i].PadLeft(widths[i])));
            foreach (var group in rows.GroupBy(r => r.Group))
            {
                yield return $"  {group.Key}";
                foreach (var row in group) yield return ($"    {row.Label}".PadRight(first) + string.Concat(block.Select(i => row.Say(i).PadLeft(widths[i])))).TrimEnd();
            }

            from = to;
            yield return "";
        }

        if (Worsens(metrics, models)) yield return "  Plain-text perplexity rises with tuning: judge tuned models on their answers.\n";
    }

    /// <summary>A later model is worse than the first on plain text, and answers were measured too.</summary>
    private static bool Worsens(IReadOnlyDictionary<string, double> metrics, IReadOnlyList<string> models) =>
        models.Count > 1 && metrics.ContainsKey($"{models[0]}.answer.perplexity") && metrics.TryGetValue($"{models[0]}.test.perplexity", out var first)
        && models.Skip(1).Any(m => metrics.TryGetValue($"{m}.test.perplexity", out var later) && later > first);

    private static double? Value(IReadOnlyDictionary<string, double> metrics, string column, string figure)
    {
        foreach (var who in column == Baseline ? Baselines : [column])
        {
            if (metrics.TryGetValue($"{who}.{figure}", out var value)) return value;
        }

        return null;
    }

    private sealed record Row(string Figure, string Group, string Label, IReadOnlyList<double?> Values)
    {
        /// <summary>All values of a row with as many decimals as its largest bears.</summary>
        private readonly string format = (Figure.Contains("accuracy", StringComparison.Ordinal), Values.Max(v => Math.Abs(v ?? 0))) switch
        {
            (true, _) => "0.0 %",
            (_, var most) when Values.All(v => v is null || v == Math.Floor(v.Value)) && most < 1e15 => "#,0",
            (_, >= 1000) => "#,0",
            (_, >= 100) => "0.0",
            _ => "0.000",
        };

        public string Say(int column) => Values[column]?.ToString(format, CultureInfo.InvariantCulture) ?? "";
    }
}
