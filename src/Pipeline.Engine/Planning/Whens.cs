using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Planning;

/// <summary>Whether the <c>when</c> of a step holds, once the steps that it asks about have ended.</summary>
public static class Whens
{
    /// <summary>The steps whose metrics it asks for.</summary>
    public static IEnumerable<string> StepsOf(StepDefinition step) => step.When is null ? [] : step.When.Names.Select(n => Split(n.Name).Step).Distinct();

    /// <summary>Why the step is skipped, or null where it is to run. A metric that is not there is for the run to say: <see cref="Missing"/>.</summary>
    public static string? SkipReason(StepDefinition step, Func<string, IReadOnlyDictionary<string, double>> metricsOf)
    {
        if (step.When is not { } when || Missing(step, metricsOf) is not null) return null;
        var verdict = when.Evaluate(name => metricsOf(Split(name).Step)[Split(name).Metric]);
        return verdict.Holds ? null : $"when: {when.Text} does not hold{verdict.Sides}";
    }

    /// <summary>What to say where the step asks for a metric that the other step does not have, else null.</summary>
    public static string? Missing(StepDefinition step, Func<string, IReadOnlyDictionary<string, double>> metricsOf)
    {
        foreach (var (name, _) in step.When?.Names ?? [])
        {
            var (from, metric) = Split(name);
            if (!metricsOf(from).ContainsKey(metric)) return $"its when asks for {name}, and '{from}' has no metric '{metric}'; it has: {string.Join(", ", metricsOf(from).Keys)}";
        }

        return null;
    }

    private static (string Step, string Metric) Split(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return (name[..dot], name[(dot + 1)..]);
    }
}
