using Pipeline.Cli.Comparing;
using Pipeline.Engine.Planning;

namespace Pipeline.Cli.Sweeps;

/// <summary>The variants of a step as they are now, the best first.</summary>
/// <param name="Horizons">How far each rung goes; empty where the matrix has no halving.</param>
/// <param name="Goal">-1 where lower is better, else 1.</param>
internal sealed record Sweep(string Step, string Metric, int Goal, IReadOnlyList<string> Keys, IReadOnlyList<long> Horizons, IReadOnlyList<Trial> Trials)
{
    /// <summary>Where the variants are trained to predict different things, whose losses do not compare; else null.</summary>
    public string? Caution
    {
        get
        {
            if (Metric != "validation.loss") return null;
            var measured = Trials.Where(t => t.HasMetric).ToList();
            var others = measured.Where(t => !t.HasPerplexity).Select(t => t.Variant.Name).ToList();
            return others.Count > 0 && others.Count < measured.Count
                ? $"The losses do not all compare: {string.Join(", ", others)} predicted something else than all next tokens, and so has no perplexity. By it: --metric validation.perplexity"
                : null;
        }
    }

    /// <exception cref="WrongInputException">There is no such sweep, several and none was named, or nothing says which metric counts.</exception>
    public static Sweep Of(OpenedPipeline opened, string? wanted, string? metric)
    {
        var searches = opened.Definition.Steps.Select(s => s.Variant?.Step).OfType<string>().Distinct().ToList();
        if (searches.Count == 0) throw new WrongInputException($"{opened.Definition.Name} has no matrix, so there is no sweep to show.");
        if (wanted is null && searches.Count > 1) throw new WrongInputException($"{opened.Definition.Name} has several sweeps; name one: {string.Join(", ", searches)}.");
        var step = wanted ?? searches[0];
        if (!searches.Contains(step)) throw new WrongInputException($"'{step}' has no matrix. Sweeps are: {string.Join(", ", searches)}.");
        var select = opened.Definition.Steps.FirstOrDefault(s => s.Id == step)?.With;
        var name = metric ?? (string?)select?["metric"] ?? throw new WrongInputException($"'{step}' has no select, so nothing says which variant is best: name a metric with --metric NAME.");
        var goal = metric is null || metric == (string?)select?["metric"] ? (string?)select!["goal"] == "max" ? 1 : -1 : MetricDirection.Of(name) > 0 ? 1 : -1;
        var decisions = Verbs.PlanVerb.Make(opened, new HashSet<string>()).Decisions.Where(d => d.Step.Variant?.Step == step).ToList();
        var trials = decisions.GroupBy(d => d.Step.Variant!.Name).Select(g => Read([.. g], name)).ToList();
        var ranked = Ranked(trials, goal);
        if (ranked.Count > 0 && ranked[0].HasMetric && ranked[0].State.Length == 0) ranked[0] = ranked[0] with { State = "best" };
        return new(step, name, goal, [.. trials.SelectMany(t => t.Variant.Values.Select(v => v.Key)).Distinct()], [.. decisions.Select(d => d.Step.Rung?.Horizon).OfType<long>().Distinct().Order()], ranked);
    }

    /// <summary>Who went further is better; among those the metric decides, the first of equals first.</summary>
    private static List<Trial> Ranked(List<Trial> trials, int goal) =>
        [.. trials.OrderByDescending(t => t.Last?.Step.Rung?.Number ?? (t.HasMetric ? 1 : 0)).ThenByDescending(t => t.HasMetric).ThenByDescending(t => t.HasMetric ? goal * t.Metric : 0)];

    private static Trial Read(List<Decision> decisions, string metric)
    {
        var rungs = decisions.OfType<Decision.Reuse>().Select(d => new RungResult(d.Step, d.Step.Rung?.Horizon ?? (d.Step.Type.Horizon is { } horizon ? (long?)d.Step.With[horizon.Name] ?? 0 : 0), d.Result.Metrics.TryGetValue(metric, out var value) ? value : double.NaN, d.Result)).ToList();
        var state = decisions.OfType<Decision.Skip>().FirstOrDefault() is { } skipped
            ? skipped.Why.HasLost || rungs.Count == 0 ? skipped.Why.HasLost ? skipped.Reason : $"skipped: {skipped.Reason}" : $"stopped at rung {rungs[^1].Step.Rung!.Number}"
            : decisions.Exists(d => d is Decision.Run or Decision.Maybe) ? rungs.Count == 0 ? "did not run" : "unfinished" : "";
        if (state.Length == 0 && !double.IsFinite(rungs[^1].Metric)) state = $"has no {metric}";
        return new(decisions[0].Step.Variant!, rungs, state);
    }
}
