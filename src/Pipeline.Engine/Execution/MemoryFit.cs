using System.Globalization;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Planning;

namespace Pipeline.Engine.Execution;

/// <summary>The plan has steps that need more memory than there is for them; nothing was run. The message has a line for each.</summary>
public sealed class DoesNotFitException(IReadOnlyList<string> refusals) : Exception(string.Join("\n", refusals));

/// <summary>Whether what steps are estimated to need is there.</summary>
public static class MemoryFit
{
    /// <summary>A line for each step that cannot be: where it stands, what it needs, what it may have and what to change.</summary>
    public static IReadOnlyList<string> Refusals(Plan plan, IReadOnlyDictionary<string, StepEstimate> estimates, MachineResources machine) =>
        [.. plan.Decisions.Where(d => d.Step.When is null).Select(d => Refusal(d, estimates.GetValueOrDefault(d.Step.Id), machine)).OfType<string>()];

    private static string? Refusal(Decision decision, StepEstimate? estimate, MachineResources machine)
    {
        var step = decision.Step;
        var (limit, whose) = step.Resources.MemoryBytes > 0 ? (step.Resources.MemoryBytes, "its resources.memory is") : (machine.MemoryBytes, "this machine has");
        // Another machine's memory is not known here.
        if (estimate is null || estimate.LeastMemoryBytes <= limit || (step.Slurm is not null && step.Resources.MemoryBytes == 0)) return null;
        var remedies = estimate.Remedies.Count > 0 ? $" It would need less with {string.Join("; ", estimate.Remedies)}." : "";
        return $"{Path.GetRelativePath(Directory.GetCurrentDirectory(), Path.GetFullPath(step.Location.File))}:{step.Location.Line}:{step.Location.Column} step '{step.Id}' cannot fit: it needs at least {Say(estimate.LeastMemoryBytes)} of memory, and {whose} {Say(limit)}.{remedies}";
    }

    private static string Say(double bytes) => bytes >= 1e9 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB") : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0} MB");
}
