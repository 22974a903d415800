using System.CommandLine;
using System.Text.Json.Nodes;
using Pipeline.Cli.Screens;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;

namespace Pipeline.Cli.Verbs;

internal static class RunsVerb
{
    public static Command Create()
    {
        var state = PipelineArguments.StateOption();
        var json = PipelineArguments.JsonOption();
        var command = new Command("runs", "List the runs, newest first.") { Options = { state, json } };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetValue(state) is { } given ? new StateFolder(given) : StateFolder.For(Path.Combine(Directory.GetCurrentDirectory(), "any.yaml"));
            var any = false;
            foreach (var (run, events) in RunLog.ReadAll(folder))
            {
                any = true;
                var line = Describe(run, events);
                if (parsed.GetValue(json)) Console.WriteLine(RunEventJson.CanonicalOrder(line));
                else Console.WriteLine($"{run}  {(string?)line["status"],-11}  {Text.Duration((double?)line["seconds"] ?? 0),8}  {(string?)line["pipeline"]}  ({line["ran"]} ran, {line["reused"]} reused, {line["failed"]} failed{((int)line["cancelled"]! > 0 ? $", {line["cancelled"]} cancelled" : "")})");
            }

            if (!any) Console.Error.WriteLine($"Nothing has run with the state in {folder.Root} so far.");
            return ExitCode.Success;
        });
        return command;
    }

    private static JsonObject Describe(string run, IReadOnlyList<JsonObject> events)
    {
        var started = events.FirstOrDefault(e => (string?)e["event"] == "run.started");
        var finished = events.LastOrDefault(e => (string?)e["event"] == "run.finished");
        var steps = finished?["steps"]?.AsArray() ?? [.. events.Where(e => (string?)e["event"] == "step.finished").Select(e => (JsonNode?)e.DeepClone())];
        return new()
        {
            ["run"] = run,
            ["pipeline"] = (string?)started?["pipeline"],
            ["status"] = (string?)finished?["status"] ?? "interrupted",
            ["seconds"] = (double?)finished?["seconds"],
            ["ran"] = Count("ran"),
            ["reused"] = finished is null ? (int?)started?["reuse"] : Count("reused"),
            ["failed"] = Count("failed") - Cancelled(),
            ["cancelled"] = Cancelled(),
        };

        int Cancelled() => steps.Count(s => (string?)s!["failure"]?["cause"] == "cancelled");

        int Count(string decision) => steps.Count(s => (string?)s!["decision"] == decision);
    }
}
