using System.Text.Json.Nodes;
using Pipeline.Engine.Caching;

namespace Pipeline.Engine.Execution;

/// <summary>Appends the events of a run to <c>runs/ID/events.jsonl</c>; what a killed run got to can be read from it.</summary>
public sealed class RunLog(StateFolder state) : IRunObserver, IDisposable
{
    public const string FileName = "events.jsonl";

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

        writer?.WriteLine(RunEventJson.Line(happened));
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
