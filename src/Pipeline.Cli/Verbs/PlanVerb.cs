using System.CommandLine;
using Pipeline.Cli.Reports;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Planning;

namespace Pipeline.Cli.Verbs;

internal static class PlanVerb
{
    public static Command Create()
    {
        var pipeline = new PipelineArguments();
        var check = new Option<bool>("--check") { Description = "End with exit code 3 when anything would run." };
        var force = new Option<string[]>("--force") { Description = "Plan as if this step had to run.", HelpName = "STEP", DefaultValueFactory = _ => [] };
        var locked = LockArguments.Option("End with exit code 3 when a step's recipe is not that of the lock file, and name what differs. Needs no stored results.");
        var json = PipelineArguments.JsonOption();
        var command = new Command("plan", "Show what would run and why; start nothing, write nothing.") { Options = { check, locked, force, json } };
        var ci = new CiArguments();
        ci.AddTo(command);
        pipeline.AddTo(command);
        command.SetAction(parsed =>
        {
            var opened = pipeline.Open(parsed);
            var forced = (parsed.GetValue(force) ?? []).Select(id => opened.Step(id).Id).ToHashSet(StringComparer.Ordinal);
            var chosen = ci.Choose(parsed, opened);
            if (parsed.GetValue(locked) && LockArguments.Differences(opened, forced) is { Count: > 0 } differences)
            {
                CiArguments.Write(chosen, opened, differences);
                return LockArguments.Tell(opened, differences, parsed.GetValue(json));
            }

            return Show(opened, forced, parsed.GetValue(json), parsed.GetValue(check), chosen);
        });
        return command;
    }

    public static int Show(OpenedPipeline opened, IReadOnlySet<string> force, bool json, bool check, CiArguments.Chosen chosen)
    {
        var plan = Make(opened, force, out var sources);
        var estimates = opened.State.EstimatesOf(plan, sources);
        CiArguments.Write(chosen, opened, plan);
        if (json)
        {
            foreach (var decision in plan.Decisions) Console.WriteLine(RunEventJson.CanonicalOrder(RunEventJson.Of(decision, estimates.GetValueOrDefault(decision.Step.Id))));
        }
        else
        {
            Console.Write(PlanPrinter.Print(plan, estimates));
        }

        if (Feasibility.Refusals(plan, estimates, MachineResources.OfThisMachine()) is { Count: > 0 } refusals) throw new WrongInputException(string.Join("\n", refusals));
        return check && !plan.IsFresh ? ExitCode.Stale : ExitCode.Success;
    }

    public static Plan Make(OpenedPipeline opened, IReadOnlySet<string> force) => Make(opened, force, out _);

    private static Plan Make(OpenedPipeline opened, IReadOnlySet<string> force, out Func<StepDefinition, IReadOnlyList<SourceFile>> sources) =>
        opened.State.PlannerFor(new StepGraph(opened.Definition), opened.State.HistoryOf(opened.Definition), force, out sources).Plan();
}
