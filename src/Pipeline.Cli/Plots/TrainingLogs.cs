using System.Text.Json;
using Pipeline.Cli.Comparing;
using Pipeline.Engine.Storage;

namespace Pipeline.Cli.Plots;

/// <summary>The training logs of one side, read from the results that its keys name.</summary>
internal static class TrainingLogs
{
    private const string FileName = "log.jsonl";

    /// <summary>Figures by name, from the log of a step's result. Null where it made no such log; with <paramref name="notes"/> where it did and it is gone.</summary>
    public static async Task<IReadOnlyDictionary<string, List<(double X, double Y)>>?> ReadAsync(OpenedPipeline opened, MetricsSide side, string id, List<string> notes, CancellationToken cancellation)
    {
        var step = side.Steps[id];
        if (!step.Uses.StartsWith("train.", StringComparison.Ordinal)) return null;
        var result = opened.State.Cache.Find(step.Key) ?? opened.State.Results.Read(step.Key);
        if (result is null)
        {
            notes.Add($"{id}: the result of {side.Label} (key {step.Key[..12]}) is neither here nor in {opened.State.Cache.Address ?? "a shared store (none is set)"}; only its final metrics are drawn");
            return null;
        }

        if (result.Outputs.Values.SelectMany(o => o.Files).FirstOrDefault(f => f.Path == FileName) is not { } file) return null;
        try
        {
            await opened.State.Cache.FetchAsync([file], cancellation);
            return Parse(File.ReadLines(opened.State.Store.Locate(file)));
        }
        catch (Exception e) when (e is DamagedBlobException or IOException)
        {
            notes.Add($"{id}: the training log of {side.Label} is gone; only its final metrics are drawn");
            return null;
        }
    }

    /// <summary>Lines that are no such objects are left out: a log of another tool may be called the same.</summary>
    internal static IReadOnlyDictionary<string, List<(double X, double Y)>> Parse(IEnumerable<string> lines)
    {
        var figures = new Dictionary<string, List<(double X, double Y)>>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            try
            {
                using var parsed = JsonDocument.Parse(line);
                if (parsed.RootElement.ValueKind != JsonValueKind.Object || !parsed.RootElement.TryGetProperty("step", out var at) || !at.TryGetDouble(out var x)) continue;
                foreach (var property in parsed.RootElement.EnumerateObject())
                {
                    if (property.Name == "step" || property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetDouble(out var y) || !double.IsFinite(y)) continue;
                    if (!figures.TryGetValue(property.Name, out var points)) figures[property.Name] = points = [];
                    points.Add((x, y));
                }
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                continue;
            }
        }

        return figures;
    }
}
