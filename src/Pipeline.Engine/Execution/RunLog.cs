using System.Text.Json.Nodes;
using Pipeline.Engine.Caching;

namespace Pipeline.Engine.Execution;

/// <summary>Appends the events of a run, each with its time, to <c>runs/ID/events.jsonl</c>; what a killed run got to can be read from it.</summary>
public sealed class RunLog(StateFolder state, TimeProvider? clock = null) : IRunObserver, IDisposable
{
    public const string FileName = "events.jsonl";

    /// <summary>Beside what <c>--json</c> prints: when it was written, in UTC. Logs of older versions do not have it.</summary>
    public const string Time = "time";

    private StreamWriter? writer;

    public void On(RunEvent happened)
    {
        switch (happened)
        {
            case RunEvent.RunStarted started:
                var folder = Path.Combine(state.Runs, started.Run);
                Directory.CreateDirectory(folder);
                writer = new StreamWriter(Path.Combine(folder, FileName), append: true) { AutoFlush = true };
                break;
            case RunEvent.StepProgressed or RunEvent.StepLogged or RunEvent.StepWaits:
            // The last line names every reused step again; a no-op must not write a thousand lines.
            case RunEvent.StepFinished { Outcome.State: StepState.Reused }:
                return;
        }

        writer?.WriteLine(RunEventJson.CanonicalOrder(Stamped(happened, (clock ?? TimeProvider.System).GetUtcNow())));
    }

    /// <summary>The event as the log has it.</summary>
    public static JsonObject Stamped(RunEvent happened, DateTimeOffset now)
    {
        var line = RunEventJson.Of(happened);
        line[Time] = now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture);
        return line;
    }

    public void Dispose() => writer?.Dispose();

    /// <summary>The events of each run, newest run first. A line torn by a kill is left out.</summary>
    public static IEnumerable<(string Run, IReadOnlyList<JsonObject> Events)> ReadAll(StateFolder state)
    {
        if (!Directory.Exists(state.Runs)) yield break;
        foreach (var folder in Directory.EnumerateDirectories(state.Runs).OrderDescending(StringComparer.Ordinal))
        {
            var file = Path.Combine(folder, FileName);
            if (File.Exists(file)) yield return (Path.GetFileName(folder), [.. File.ReadLines(file).Select(Parse).OfType<JsonObject>()]);
        }
    }

    /// <summary>The pipeline file of the run whose folder it is; null where its log does not say.</summary>
    public static string? PipelineOf(string runFolder) =>
        Path.Combine(runFolder, FileName) is var file && File.Exists(file) && File.ReadLines(file).FirstOrDefault() is { } first ? (string?)Parse(first)?["file"] : null;

    private static JsonObject? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
