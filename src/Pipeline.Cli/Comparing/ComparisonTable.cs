using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.Cli.Reports;
using Pipeline.Cli.Screens;

namespace Pipeline.Cli.Comparing;

/// <summary>A comparison of metrics as people and machines read it.</summary>
internal static class ComparisonTable
{
    /// <param name="all">Also what is the same on both sides.</param>
    public static IEnumerable<string> Lines(MetricsComparison comparison, bool all)
    {
        yield return $"{comparison.Old.Label} -> {comparison.New.Label}: {Summary(comparison)}";
        var shown = Shown(comparison, all).ToList();
        if (shown.Count == 0) yield break;
        var rows = shown.ToDictionary(s => s.Step, s => s.Metrics.Select(m => (string[])[m.Name, Number(m.Old), Number(m.New), Signed(m.Change), Percent(m.Relative), Word(m)]).ToList());
        var widths = Enumerable.Range(0, 6).Select(i => rows.Values.SelectMany(r => r).Select(r => r[i].Length).DefaultIfEmpty().Max()).ToArray();
        foreach (var step in shown)
        {
            yield return "";
            yield return $"  {step.Step}{(step.State == "same" ? "" : $"  ({step.State})")}";
            foreach (var row in rows[step.Step])
                yield return $"    {row[0].PadRight(widths[0])}  {row[1].PadLeft(widths[1])} -> {row[2].PadLeft(widths[2])}  {row[3].PadLeft(widths[3])}  {row[4].PadLeft(widths[4])}  {row[5]}".TrimEnd();
        }
    }

    /// <summary>The same for a page of Markdown; one block a row, so that a page which is full ends at a row.</summary>
    public static IEnumerable<string> Markdown(MetricsComparison comparison, bool all)
    {
        yield return $"{MarkdownText.Code(comparison.Old.Label)} → {MarkdownText.Code(comparison.New.Label)}: {Summary(comparison)}\n";
        var shown = Shown(comparison, all).Where(s => s.Metrics.Count > 0).ToList();
        if (shown.Count == 0) yield break;
        yield return "\n| step | metric | old | new | change | relative | |\n|---|---|--:|--:|--:|--:|---|\n";
        foreach (var step in shown)
        {
            foreach (var m in step.Metrics)
                yield return $"| {MarkdownText.Of(step.Step)} | {MarkdownText.Of(m.Name)} | {Number(m.Old)} | {Number(m.New)} | {Signed(m.Change)} | {Percent(m.Relative)} | {(m.Verdict == "worse" ? "**worse**" : Word(m))} |\n";
        }
    }

    public static JsonObject Json(MetricsComparison comparison, string pipeline) => new()
    {
        ["pipeline"] = pipeline,
        ["old"] = comparison.Old.Label,
        ["new"] = comparison.New.Label,
        ["better"] = comparison.Count("better"),
        ["worse"] = comparison.Count("worse"),
        ["steps"] = new JsonObject(comparison.Steps.Select(s => KeyValuePair.Create(s.Step, (JsonNode?)new JsonObject
        {
            ["state"] = s.State,
            ["metrics"] = new JsonObject(s.Metrics.Select(m => KeyValuePair.Create(m.Name, (JsonNode?)new JsonObject
            {
                ["old"] = Finite(m.Old),
                ["new"] = Finite(m.New),
                ["change"] = Finite(m.Change),
                ["relative"] = Finite(m.Relative),
                ["verdict"] = m.Verdict.Length > 0 ? m.Verdict : null,
            }))),
        }))),
    };

    private static IEnumerable<StepComparison> Shown(MetricsComparison comparison, bool all) =>
        from step in comparison.Steps
        let kept = step with { Metrics = [.. step.Metrics.Where(m => all || !m.IsSame)] }
        where kept.Metrics.Count > 0 || kept.State != "same"
        select kept;

    private static string Summary(MetricsComparison comparison)
    {
        var metrics = comparison.Steps.SelectMany(s => s.Metrics).ToList();
        var changed = metrics.Count(m => !m.IsSame);
        if (changed == 0) return $"{Text.Count(metrics.Count, "metric")}, all the same";
        var parts = new List<string> { $"{changed} of {Text.Count(metrics.Count, "metric")} differ{(changed == 1 ? "s" : "")}" };
        if (comparison.Count("better") is > 0 and var better) parts.Add($"{better} better");
        if (comparison.Count("worse") is > 0 and var worse) parts.Add($"{worse} worse");
        foreach (var state in (string[])["added", "removed"])
        {
            if (comparison.Steps.Count(s => s.State == state) is > 0 and var steps) parts.Add($"{Text.Count(steps, "step")} {state}");
        }

        return string.Join(", ", parts);
    }

    private static string Word(MetricChange metric) => metric switch { { Old: null } => "added", { New: null } => "removed", _ => metric.Verdict };

    private static string Number(double? value) => value is { } number ? Text.Number(number) : "";

    private static string Signed(double? change) => change switch
    {
        null => "",
        0 => "0",
        { } small when Math.Abs(small) < 1e-5 => small.ToString("+0.#e+0;-0.#e+0", CultureInfo.InvariantCulture),
        { } number => (number > 0 ? "+" : "") + Text.Number(number),
    };

    private static string Percent(double? relative) => relative is { } share && double.IsFinite(share) ? share.ToString("+#,0.0 %;-#,0.0 %;0 %", CultureInfo.InvariantCulture) : "";

    /// <summary>JSON has no word for what is not a number.</summary>
    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
