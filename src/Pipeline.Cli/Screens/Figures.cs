using Pipeline.Engine.Authoring;
using Pipeline.Engine.Execution;
using Pipeline.Steps.Evaluate;

namespace Pipeline.Cli.Screens;

/// <summary>The held-out figures of the evaluation steps, in as many blocks as the width asks for.</summary>
internal static class Figures
{
    private const int MostCells = 80;

    public static void Print(TextWriter output, RunSummary summary)
    {
        foreach (var outcome in summary.Outcomes.Where(o => o.Result is not null && o.Step.Type.Name.StartsWith("evaluate.", StringComparison.Ordinal)))
        {
            var lists = outcome.Step.Type.Inputs.Where(p => p.Arity == PortArity.List).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var line in Table(outcome.Result!.Metrics, [.. outcome.Step.Inputs.Where(i => lists.Contains(i.Port)).Select(i => i.Member)])) output.WriteLine(line);
        }
    }

    /// <param name="models">From the earliest stage to the latest.</param>
    internal static IEnumerable<string> Table(IReadOnlyDictionary<string, double> metrics, IReadOnlyList<string> models)
    {
        var (columns, rows) = HeldOutTable.Of(metrics, models);
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
}
