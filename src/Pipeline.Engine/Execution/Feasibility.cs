using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Planning;

namespace Pipeline.Engine.Execution;

/// <summary>The plan has steps that cannot do their work, or need more memory than there is for them; nothing was run. The message has a line for each.</summary>
public sealed class InfeasibleException(IReadOnlyList<string> refusals) : Exception(string.Join("\n", refusals));

/// <summary>Whether steps can do what is asked of them, as far as that is foreseen, and whether the memory that they are estimated to need is there.</summary>
public static class Feasibility
{
    /// <summary>A line for each step that cannot be: where it stands, what it needs, what it may have and what to change.</summary>
    public static IReadOnlyList<string> Refusals(Plan plan, IReadOnlyDictionary<string, StepEstimate> estimates, MachineResources machine) =>
        [.. from decision in plan.Decisions
            where decision is Decision.Run or Decision.Maybe && decision.Step.When is null
            from problem in ProblemsOf(decision.Step, estimates.GetValueOrDefault(decision.Step.Id), machine)
            select $"{Path.GetRelativePath(Directory.GetCurrentDirectory(), Path.GetFullPath(decision.Step.Location.File))}:{decision.Step.Location.Line}:{decision.Step.Location.Column} step '{decision.Step.Id}' {problem}"];

    private static IEnumerable<string> ProblemsOf(StepDefinition step, StepEstimate? estimate, MachineResources machine)
    {
        if (ResourcePool.Refuse(step, machine) is { } refusal) yield return $"cannot run on this machine: {refusal}";
        if (estimate is null) yield break;
        foreach (var problem in estimate.Impossible) yield return $"cannot do its work: {problem}";
        var (limit, whose) = step.Resources.MemoryBytes > 0 ? (step.Resources.MemoryBytes, "its resources.memory is") : (machine.MemoryBytes, "this machine has");
        // Another machine's memory is not known here.
        if (estimate.LeastMemoryBytes <= limit || (step.Slurm is not null && step.Resources.MemoryBytes == 0)) yield break;
        yield return $"cannot fit: it needs at least {Say(estimate.LeastMemoryBytes)} of memory, and {whose} {Say(limit)}.{Advice(estimate.Remedies, limit)}";
    }

    private static string Advice(IReadOnlyList<Remedy> remedies, double limit)
    {
        if (remedies.Count == 0) return "";
        var enough = remedies.Where(r => r.LeastMemoryBytes <= limit).ToList();
        return enough.Count > 0
            ? $" Each of these may be enough: {string.Join("; ", enough.Select(Said))}."
            : $" None of these is enough: {string.Join("; ", remedies.Select(Said))}. It takes something smaller to work on, or more memory.";

        static string Said(Remedy remedy) => $"{remedy.Change}: at least {Say(remedy.LeastMemoryBytes)}";
    }

    private static string Say(double bytes) => Amounts.Say(bytes, "B");
}
