using System.CommandLine;
using System.Text.Json.Nodes;
using Pipeline.Cli.Screens;
using Pipeline.Engine.Execution;

namespace Pipeline.Cli.Verbs;

internal static class MetricsVerb
{
    public static Command Create()
    {
        var pipeline = new PipelineArguments();
        var json = PipelineArguments.JsonOption();
        var command = new Command("metrics", "Show the numbers of each step's last result.") { Options = { json } };
        pipeline.AddTo(command);
        command.SetAction(parsed =>
        {
            var opened = pipeline.Open(parsed);
            var all = opened.Definition.Steps.Select(s => (s.Id, Result: opened.LastResult(s))).Where(s => s.Result is not null).ToList();
            if (parsed.GetValue(json))
            {
                var lines = new JsonObject(all.Select(s => KeyValuePair.Create(s.Id, (JsonNode?)new JsonObject(s.Result!.Metrics.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value))))));
                Console.WriteLine(RunEventJson.CanonicalOrder(lines));
                return ExitCode.Success;
            }

            foreach (var (id, result) in all.Where(s => s.Result!.Metrics.Count > 0))
            {
                Console.WriteLine(id);
                var width = result!.Metrics.Keys.Max(k => k.Length);
                foreach (var (name, value) in result.Metrics) Console.WriteLine($"  {name.PadRight(width)}  {Text.Number(value)}");
            }

            return ExitCode.Success;
        });
        return command;
    }
}
