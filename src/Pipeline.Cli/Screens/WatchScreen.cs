using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.Engine.Execution;

namespace Pipeline.Cli.Screens;

/// <summary>What a watch says between runs: a line each, or a JSON object.</summary>
internal sealed class WatchScreen(TextWriter output, bool json)
{
    public void On(WatchEvent happened)
    {
        output.WriteLine(json ? RunEventJson.CanonicalOrder(Json(happened)) : Line(happened));
        output.Flush();
    }

    public void Stopped()
    {
        output.WriteLine(json ? RunEventJson.CanonicalOrder(new() { ["event"] = "watch.stopped" }) : "watch    stopped");
        output.Flush();
    }

    private static string Line(WatchEvent happened) => happened switch
    {
        WatchEvent.Triggered e => $"watch    {string.Join("; ", e.By.Select(f => $"{f.Trigger}: {f.What}"))}",
        WatchEvent.Failed e => $"watch    failed: {e.Message}",
        WatchEvent.Waiting { Next: { } next } => $"watch    waits; next at {Time(next)}",
        _ => "watch    waits",
    };

    private static JsonObject Json(WatchEvent happened) => happened switch
    {
        WatchEvent.Triggered e => new() { ["event"] = "watch.triggered", ["by"] = new JsonArray([.. e.By.Select(f => new JsonObject { ["trigger"] = f.Trigger, ["what"] = f.What })]) },
        WatchEvent.Failed e => new() { ["event"] = "watch.failed", ["message"] = e.Message },
        WatchEvent.Waiting e => new() { ["event"] = "watch.waits", ["next"] = e.Next is { } next ? Time(next) : null },
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType().Name, "no such event"),
    };

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
}
