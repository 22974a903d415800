using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Planning;

/// <summary>Whether the conditions of a step let it run, once the steps that they ask about have ended: its <c>when</c>, and the <c>until</c> of the round before.</summary>
public static class Whens
{
    /// <summary>The steps whose metrics it asks for.</summary>
    public static IEnumerable<string> StepsOf(StepDefinition step) => step is { Round: null, When: null, Rung: null } ? [] : Names(step).Select(n => Split(n.Name).Step).Concat(step.Rung?.From is { } from ? [from.Ranking] : []).Distinct();

    /// <summary>The conditions in words: <c>runs when a.x > 1</c>.</summary>
    public static string Words(StepDefinition step)
    {
        var conditions = new List<string>();
        if (step.Round?.Until is { } end) conditions.Add($"runs unless {end.Text}");
        if (step.Rung?.From is { } from) conditions.Add($"goes on if it is {(from.Keep == 1 ? "the best" : $"one of the best {from.Keep}")} of {from.Of} there");
        if (step.When is { } when) conditions.Add($"runs when {when.Text}");
        return string.Join(" and ", conditions);
    }

    /// <summary>Why the step is skipped, or null where it is to run. A metric that is not there is for the run to say: <see cref="Missing"/>.</summary>
    public static Skipping? SkipReason(StepDefinition step, Func<string, IReadOnlyDictionary<string, double>> metricsOf)
    {
        if (step is { Round: null, When: null, Rung: null } || Missing(step, metricsOf) is not null) return null;
        if (step.Round is { Until: { } until } round && until.Evaluate(Metric) is { Holds: true } end) return new($"round {round.Number - 1} of {round.Block} was the last: {until.Text} holds{end.Sides}", PassedOn: true);
        if (step.Rung?.From is { } from && Lost(from, metricsOf(from.Ranking)) is { } lost) return lost;
        return step.When is { } when && when.Evaluate(Metric) is { Holds: false } verdict ? new($"when: {when.Text} does not hold{verdict.Sides}", PassedOn: false) : null;

        double Metric(string name) => metricsOf(Split(name).Step)[Split(name).Metric];
    }

    /// <summary>What to say where the step asks for a metric that the other step does not have, else null.</summary>
    public static string? Missing(StepDefinition step, Func<string, IReadOnlyDictionary<string, double>> metricsOf)
    {
        foreach (var (key, condition) in new[] { ("until", step.Round?.Until), ("when", step.When) })
        {
            foreach (var (name, _) in condition?.Names ?? [])
            {
                var (from, metric) = Split(name);
                if (!metricsOf(from).ContainsKey(metric)) return $"its {key} asks for {name}, and '{from}' has no metric '{metric}'; it has: {string.Join(", ", metricsOf(from).Keys)}";
            }
        }

        return null;
    }

    private static Skipping? Lost(RungBefore from, IReadOnlyDictionary<string, double> ranks)
    {
        if (!ranks.TryGetValue(RungBefore.RankOf(from.Trial), out var rank)) return new($"is not in {from.Ranking}", PassedOn: false);
        var kept = ranks[RungBefore.Kept];
        return rank <= kept ? null : new($"stopped by {from.Ranking}: {rank:0} of {ranks.Keys.Count(k => k.StartsWith(RungBefore.RankOf(""), StringComparison.Ordinal))}, and {kept:0} {(kept == 1 ? "goes" : "go")} on", PassedOn: false);
    }

    private static IEnumerable<(string Name, int Column)> Names(StepDefinition step) => (step.Round?.Until?.Names ?? []).Concat(step.When?.Names ?? []);

    private static (string Step, string Metric) Split(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return (name[..dot], name[(dot + 1)..]);
    }
}
