using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Planning;

/// <summary>Steps that choose among several: they go by those that there are.</summary>
public static class Candidates
{
    /// <summary>The steps that the step cannot do without: all it waits for, except candidates while one is left.</summary>
    public static IEnumerable<string> Indispensable(StepGraph graph, StepDefinition step, Func<string, bool> isSkipped)
    {
        var above = graph.DependenciesOf(step.Id);
        if (step.Type.DoesWithout is not { } port) return above;
        var candidates = step.Inputs.Where(i => i.Port == port).Select(i => i.Step).ToHashSet(StringComparer.Ordinal);
        return candidates.All(isSkipped) ? above : above.Where(id => !candidates.Contains(id) || !isSkipped(id));
    }

    /// <summary>The step with the inputs that there are.</summary>
    public static StepDefinition Trim(StepDefinition step, Func<string, bool> isSkipped) =>
        step.Type.DoesWithout is { } port && step.Inputs.Any(i => i.Port == port && isSkipped(i.Step)) ? step with { Inputs = [.. step.Inputs.Where(i => i.Port != port || !isSkipped(i.Step))] } : step;

    /// <summary>The step that another cannot do without, in a sentence: a candidate stands for all of them.</summary>
    public static string Named(StepDefinition step, string above) => step.Type.DoesWithout is { } port && step.Inputs.Any(i => i.Port == port && i.Step == above) ? $"all {port} are" : $"{above} is";
}
