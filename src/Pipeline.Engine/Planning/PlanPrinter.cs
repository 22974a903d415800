using System.Text;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Planning;

/// <summary>A plan as people read it.</summary>
public static class PlanPrinter
{
    /// <param name="estimates">By step; none where it is null.</param>
    public static string Print(Plan plan, IReadOnlyDictionary<string, StepEstimate>? estimates = null)
    {
        var text = new StringBuilder();
        text.AppendLine($"{plan.Graph.Definition.Name}  {plan.Decisions.Count} step{(plan.Decisions.Count == 1 ? "" : "s")}: {plan.Counts}{(plan.Seconds is { } total ? $" (~{Durations.Say(total)})" : "")}");
        text.AppendLine();
        var width = plan.Decisions.Select(d => d.Step.Id.Length).DefaultIfEmpty().Max();
        foreach (var decision in plan.Decisions)
        {
            text.AppendLine($"  {decision.Word,-5}  {decision.Step.Id.PadRight(width)}  {decision.Reason}{(decision is Decision.Run { Asks: true } ? "; asks for approval first" : "")}{(decision.Time is { } s ? $"  ~{Durations.Say(s)}" : "")}");
            foreach (var line in estimates?.GetValueOrDefault(decision.Step.Id)?.Lines ?? []) text.AppendLine($"  {"",-5}  {"".PadRight(width)}  {line}");
        }

        return text.ToString().ReplaceLineEndings("\n");
    }
}
