using System.CommandLine;
using Pipeline.Cli.Screens;
using Pipeline.Engine.Planning;

namespace Pipeline.Cli.Verbs;

internal static class StatusVerb
{
    public static Command Create()
    {
        var pipeline = new PipelineArguments();
        var command = new Command("status", "Show for each step whether its result is what the file asks for (current), what it made before (stale) or missing, and what it did.");
        pipeline.AddTo(command);
        command.SetAction(parsed =>
        {
            var opened = pipeline.Open(parsed);
            var plan = opened.Plan;
            var width = plan.Decisions.Select(d => d.Step.Id.Length).DefaultIfEmpty().Max();
            foreach (var decision in plan.Decisions)
            {
                var shown = opened.Results.Of(decision.Step);
                var state = decision is Decision.Reuse ? "current" : decision is Decision.Skip ? "skipped" : shown is null ? "missing" : "stale  ";
                Console.WriteLine($"  {state}  {decision.Step.Id.PadRight(width)}  {(shown is null ? "" : $"{Text.Duration(shown.Seconds),8}  {shown.Summary}")}".TrimEnd());
            }

            return ExitCode.Success;
        });
        return command;
    }
}
