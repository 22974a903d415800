using System.CommandLine;
using System.Text.Json.Nodes;
using Pipeline.Cli.Comparing;
using Pipeline.Cli.Screens;
using Pipeline.Engine.Execution;

namespace Pipeline.Cli.Verbs;

internal static class MetricsVerb
{
    public static Command Create()
    {
        // A pipeline that is called 'diff' or 'show' is written after 'show'.
        var command = Showing(new("metrics", "Show the numbers of each step's current result, or where that is not made, of its last one, marked stale; or compare them with those of a git ref."));
        command.Subcommands.Add(Showing(new("show", "Show the numbers of each step's result: the same as without this word.")));
        command.Subcommands.Add(Diff());
        return command;
    }

    private static Command Showing(Command command)
    {
        var pipeline = new PipelineArguments();
        var json = PipelineArguments.JsonOption();
        command.Options.Add(json);
        pipeline.AddTo(command);
        command.SetAction(parsed => Show(pipeline.Open(parsed), parsed.GetValue(json)));
        return command;
    }

    private static Command Diff()
    {
        var pipeline = new PipelineArguments();
        var reference = new Argument<string>("REF") { Description = "The commit, branch or tag whose lock file holds the old numbers." };
        var head = new Option<string?>("--head") { Description = "Compare with the lock file of this commit, branch or tag instead of the results here.", HelpName = "REF" };
        var all = new Option<bool>("--all") { Description = "Show what is the same on both sides too." };
        var json = PipelineArguments.JsonOption();
        var markdown = new Option<bool>("--markdown") { Description = "Print a table for a pull request." };
        var command = new Command("diff", "Compare the numbers of the results here (as 'metrics' shows them) with those in the lock file of a git ref. Ends with 0 whether or not they differ: gates judge.") { Options = { head, all, json, markdown } };
        pipeline.AddTo(command);
        command.Arguments.Add(reference);
        command.Validators.Add(result =>
        {
            if (result.GetValue(json) && result.GetValue(markdown)) result.AddError("--json and --markdown are two forms of one output; give one of them.");
        });
        command.SetAction(parsed =>
        {
            var opened = pipeline.Open(parsed);
            var old = MetricsSide.AtRef(opened, parsed.GetValue(reference)!);
            var now = parsed.GetValue(head) is { } other ? MetricsSide.AtRef(opened, other) : MetricsSide.LastResults(opened);
            if (now.Steps.Count == 0) throw new WrongInputException($"{opened.Definition.Name} has no results yet; make them: {opened.Given.Line("run")}");
            var comparison = MetricsComparison.Of(old, now, opened.Definition.Steps.Select(s => s.Id));
            if (parsed.GetValue(json)) Console.WriteLine(RunEventJson.CanonicalOrder(ComparisonTable.Json(comparison, opened.Definition.Name)));
            else if (parsed.GetValue(markdown)) Console.Write(string.Concat(ComparisonTable.Markdown(comparison, parsed.GetValue(all))));
            else foreach (var line in ComparisonTable.Lines(comparison, parsed.GetValue(all))) Console.WriteLine(line);
            return ExitCode.Success;
        });
        return command;
    }

    private static int Show(OpenedPipeline opened, bool asJson)
    {
        opened.Results.Tell(opened.Definition.Steps);
        var all = opened.Definition.Steps.Select(s => (Step: s, Result: opened.Results.Of(s)!)).Where(s => s.Result is not null).ToList();
        if (asJson)
        {
            var lines = new JsonObject(all.Select(s => KeyValuePair.Create(s.Step.Id, (JsonNode?)new JsonObject(s.Result.Metrics.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value))))));
            Console.WriteLine(RunEventJson.CanonicalOrder(lines));
            return ExitCode.Success;
        }

        foreach (var (step, result) in all.Where(s => s.Result.Metrics.Count > 0))
        {
            Console.WriteLine(step.Id + opened.Results.Mark(step));
            var width = result.Metrics.Keys.Max(k => k.Length);
            foreach (var (name, value) in result.Metrics) Console.WriteLine($"  {name.PadRight(width)}  {Text.Number(value)}");
        }

        return ExitCode.Success;
    }
}
