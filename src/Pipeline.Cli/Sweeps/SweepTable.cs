using System.Text.Json.Nodes;
using Pipeline.Cli.Screens;

namespace Pipeline.Cli.Sweeps;

/// <summary>A sweep as a table: a row a variant, the best first.</summary>
internal static class SweepTable
{
    /// <summary>The headings, and the cells below each; columns that would be empty are left out.</summary>
    public static (IReadOnlyList<string> Head, IReadOnlyList<IReadOnlyList<string>> Rows) Of(Sweep sweep)
    {
        var columns = new List<(string Head, Func<Trial, string> Cell)>();
        foreach (var key in sweep.Keys) columns.Add((Short(key, sweep.Keys), t => t.Variant.Values.FirstOrDefault(v => v.Key == key).Value ?? ""));
        if (!sweep.Keys.Any(k => k.EndsWith("learning_rate", StringComparison.Ordinal))) columns.Add(("learning_rate", t => Number(t.Last is { } last ? Trial.Number(last.Step.With, "optimizer.learning_rate") : null)));
        columns.Add(("parameters", t => Number(t.Parameters)));
        columns.Add(("steps", t => Number(t.Steps)));
        columns.Add(("tokens", t => Number(t.Tokens)));
        columns.Add(("took", t => t.Rungs.Count == 0 ? "" : Text.Duration(t.Seconds)));
        for (var rung = 0; rung < sweep.Horizons.Count - 1; rung++)
        {
            var at = sweep.Horizons[rung];
            columns.Add(($"at {Text.Number(at)}", t => Number(t.Rungs.FirstOrDefault(r => r.Horizon == at)?.Metric)));
        }

        columns.Add((sweep.Metric, t => Number(t.Metric)));
        columns.Add(("", t => t.State));
        var rows = sweep.Trials.Select(t => columns.ConvertAll(c => c.Cell(t))).ToList();
        var kept = Enumerable.Range(0, columns.Count).Where(i => columns[i].Head == sweep.Metric || rows.Any(r => r[i].Length > 0)).ToList();
        return ([.. kept.Select(i => columns[i].Head)], [.. rows.Select(r => (IReadOnlyList<string>)[.. kept.Select(i => r[i])])]);
    }

    public static IEnumerable<string> Lines(Sweep sweep)
    {
        var (head, rows) = Of(sweep);
        var widths = head.Select((h, i) => rows.Select(r => r[i].Length).Append(h.Length).Max()).ToList();
        yield return $"{sweep.Step}: {Text.Count(sweep.Trials.Count, "variant")} by {sweep.Metric}, {(sweep.Goal < 0 ? "lowest" : "highest")} first";
        yield return "";
        foreach (var row in rows.Prepend(head)) yield return "  " + string.Join("  ", row.Select((cell, i) => i == row.Count - 1 && head[i].Length == 0 ? cell : cell.PadLeft(widths[i]))).TrimEnd();
        if (sweep.Caution is not { } caution) yield break;
        yield return "";
        yield return caution;
    }

    public static JsonObject Json(Sweep sweep) => new()
    {
        ["step"] = sweep.Step,
        ["metric"] = sweep.Metric,
        ["caution"] = sweep.Caution,
        ["goal"] = sweep.Goal < 0 ? "min" : "max",
        ["trials"] = new JsonArray([.. sweep.Trials.Select(t => (JsonNode?)new JsonObject
        {
            ["name"] = t.Variant.Name,
            ["values"] = new JsonObject(t.Variant.Values.Select(v => KeyValuePair.Create(v.Key, (JsonNode?)v.Value))),
            ["parameters"] = t.Parameters,
            ["steps"] = t.Steps,
            ["tokens"] = t.Tokens,
            ["seconds"] = Math.Round(t.Seconds, 3),
            ["rungs"] = new JsonArray([.. t.Rungs.Select(r => (JsonNode?)new JsonObject { ["horizon"] = r.Horizon, ["metric"] = double.IsFinite(r.Metric) ? r.Metric : null, ["key"] = r.Result.Key })]),
            ["state"] = t.State,
        })]),
    };

    /// <summary>The last part of a path, or all of it where two end alike.</summary>
    internal static string Short(string key, IReadOnlyList<string> keys) => key[(key.LastIndexOf('.') + 1)..] is var end && keys.Count(k => k == end || k.EndsWith("." + end, StringComparison.Ordinal)) == 1 ? end : key;

    private static string Number(double? value) => value is { } number && double.IsFinite(number) ? Text.Number(number) : "";
}
