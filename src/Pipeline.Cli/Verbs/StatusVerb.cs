using System.CommandLine;
using Pipeline.Cli.Screens;
using Pipeline.Engine.Planning;

namespace Pipeline.Cli.Verbs;

internal static class StatusVerb
{
    public static Command Create()
    {
        var pipeline = new PipelineArguments();
        var command = new Command("status", "Show for each step whether its result is current, and what it did last.");
        pipeline.AddTo(command);
        command.SetAction(parsed =>
        {
            var opened = pipeline.Open(parsed);
            var plan = opened.Plan;
            var width = plan.Decisions.Select(d => d.Step.Id.Length).DefaultIfEmpty().Max();
            foreach (var decision in plan.Decisions)
            {
                var last = decision is Decision.Reuse current ? current.Result : opened.LastResult(decision.Step);
                var state = decision is Decision.Reuse ? "current" : decision is Decision.Skip ? "skipped" : last is null ? "missing" : "stale  ";
                Console.WriteLine($"  {state}  {decision.Step.Id.PadRight(width)}  {(last is null ? "" : $"{Text.Duration(last.Seconds),8}  {last.Summary}")}".TrimEnd());
            }

            return ExitCode.Success;
        });
        return command;
    }
}
