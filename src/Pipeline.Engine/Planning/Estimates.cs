using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Planning;

/// <summary>What the steps that will or may run take, from what the steps above them are known to give.</summary>
public static class Estimates
{
    /// <param name="plan">Steps that are reused or skipped are not asked.</param>
    /// <param name="sources">The files outside the store that a step reads.</param>
    /// <param name="locate">A file of the store; null where it is not here.</param>
    /// <returns>By step; those whose type foretells nothing are left out.</returns>
    public static IReadOnlyDictionary<string, StepEstimate> Of(Plan plan, Func<StepDefinition, IReadOnlyList<SourceFile>> sources, Func<ArtifactFile, string?> locate)
    {
        if (plan.IsFresh) return new Dictionary<string, StepEstimate>();
        var made = plan.Decisions.OfType<Decision.Reuse>().ToDictionary(d => d.Step.Id, d => d.Result.Outputs, StringComparer.Ordinal);
        var estimates = new Dictionary<string, StepEstimate>(StringComparer.Ordinal);
        foreach (var decision in plan.Decisions.Where(d => d is Decision.Run or Decision.Maybe))
        {
            var step = decision.Step;
            // Options that are metrics of steps which have not run have no value yet.
            if (decision.Key is null && step.MetricNames.Count > 0) continue;
            var estimate = step.Type.PassesOn is { } port ? PassedOn(step, port) : step.Type.Estimate(SecretReference.Fill(step.With, _ => "***"), new([.. step.Inputs.Select(Foresee)], () => [.. sources(step).Where(s => s.LeftOut is null)], step.Resources.Ranks));
            if (estimate is not null) estimates.Add(step.Id, estimate);
        }

        return estimates;

        ForeseenInput Foresee(InputReference input)
        {
            var files = made.GetValueOrDefault(input.Step)?.GetValueOrDefault(input.Output)?.Files;
            return new(input.Port, input.Member, input.Step, name => files?.FirstOrDefault(f => f.Path == name) is { } file ? locate(file) : null, files is null ? ForecastOf(input) : null);
        }

        Forecast? ForecastOf(InputReference input) => estimates.GetValueOrDefault(input.Step)?.Outputs.GetValueOrDefault(input.Output);

        // Whichever is passed on: only what is foretold of all of them is known.
        StepEstimate? PassedOn(StepDefinition step, string port)
        {
            var outputs = step.Inputs.Where(i => i.Port == port).GroupBy(i => i.Output).Select(g => (g.Key, Forecasts: g.Select(ForecastOf).Distinct().ToList())).Where(g => g.Forecasts is [not null]).ToDictionary(g => g.Key, g => g.Forecasts[0]!);
            return outputs.Count > 0 ? new() { Outputs = outputs } : null;
        }
    }
}
