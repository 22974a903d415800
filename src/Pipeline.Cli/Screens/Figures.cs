using Pipeline.Engine.Authoring;
using Pipeline.Engine.Execution;

namespace Pipeline.Cli.Screens;

/// <summary>The held-out figures of the evaluation steps: a row for what was evaluated (<c>finetune.test.perplexity</c>), a column for each figure.</summary>
internal static class Figures
{
    public static void Print(TextWriter output, RunSummary summary)
    {
        foreach (var outcome in summary.Outcomes.Where(o => o.Result is not null && o.Step.Type.Name.StartsWith("evaluate.", StringComparison.Ordinal)))
        {
            var lists = outcome.Step.Type.Inputs.Where(p => p.Arity == PortArity.List).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
            var evaluated = outcome.Step.Inputs.Where(i => lists.Contains(i.Port)).Select(i => i.Member).Distinct().ToList();
            var metrics = outcome.Result!.Metrics;
            var rows = metrics.Keys.Select(k => k.Split('.', 2)).Where(k => k.Length == 2).GroupBy(k => k[0], k => k[1])
                .Where(g => evaluated.Contains(g.Key) || g.Key is "unigram" or "floor")
                .OrderBy(g => evaluated.IndexOf(g.Key)).ToList();
            // Perplexity first, then what is measured on answers and pairs; the loss says the same as the perplexity.
            var columns = rows.SelectMany(r => r).Distinct().Where(c => !c.EndsWith(".loss", StringComparison.Ordinal)).OrderBy(c => c.StartsWith("test.", StringComparison.Ordinal) ? 0 : 1).ThenBy(c => c.StartsWith("answer.", StringComparison.Ordinal) ? 0 : 1).ThenBy(c => c.Contains("perplexity", StringComparison.Ordinal) ? 0 : 1).ToList();
            if (rows.Count == 0) continue;
            var first = Math.Max(rows.Max(r => r.Key.Length), "held out".Length);
            output.WriteLine($"  {"held out".PadRight(first)}  {string.Join("  ", columns)}");
            foreach (var row in rows)
                output.WriteLine($"  {row.Key.PadRight(first)}  {string.Join("  ", columns.Select(c => (metrics.TryGetValue($"{row.Key}.{c}", out var value) ? Text.Number(value) : "").PadLeft(c.Length)))}");
            output.WriteLine();
        }
    }
}
