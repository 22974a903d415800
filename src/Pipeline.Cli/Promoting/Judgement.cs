using Pipeline.Engine.Definitions;
using Pipeline.Engine.Planning;
using Pipeline.Engine.Registry;

namespace Pipeline.Cli.Promoting;

/// <summary>Whether a step's result may be promoted.</summary>
/// <param name="Held">What held, for the history.</param>
/// <param name="Failed">What did not; empty where it may.</param>
/// <param name="Metrics">Those of the step, and all that conditions read, without the <c>current.</c> before them.</param>
internal sealed record Judgement(IReadOnlyList<string> Held, IReadOnlyList<string> Failed, IReadOnlyDictionary<string, double> Metrics)
{
    /// <summary>Before a metric: of where the alias points now.</summary>
    private const string Current = "current.";

    /// <param name="gates">Ids of gate steps; empty for all that stand above or below the step.</param>
    /// <param name="require">Conditions over the step's own metrics, <c>STEP.METRIC</c> of others, and <c>current.</c> before either.</param>
    /// <param name="current">Where the alias points now, or null.</param>
    /// <exception cref="WrongInputException">A gate has nothing to do with the step, or a condition is none.</exception>
    public static Judgement Of(Plan plan, Decision.Reuse promoted, IReadOnlyList<string> gates, IReadOnlyList<string> require, AliasEntry? current)
    {
        var (held, failed) = (new List<string>(), new List<string>());
        var metrics = new SortedDictionary<string, double>(promoted.Result.Metrics.ToDictionary(), StringComparer.Ordinal);
        foreach (var decision in plan.Decisions.Where(d => gates.Count == 0 ? d.Step.Type.Name == "gate" && AreRelated(plan.Graph, d.Step.Id, promoted.Step.Id) : gates.Contains(d.Step.Id)))
        {
            if (decision.Step.Type.Name != "gate") throw new WrongInputException($"'{decision.Step.Id}' is no gate but {decision.Step.Type.Name}.");
            if (!AreRelated(plan.Graph, decision.Step.Id, promoted.Step.Id)) throw new WrongInputException($"The gate '{decision.Step.Id}' says nothing of '{promoted.Step.Id}': neither stands above the other. Name a gate that does, or use --require.");
            if (decision is Decision.Reuse passed) held.Add($"gate {decision.Step.Id}: {passed.Result.Summary}");
            else failed.Add($"gate {decision.Step.Id} has not passed: {decision.Reason}");
        }

        var known = plan.Decisions.OfType<Decision.Reuse>().SelectMany(d => d.Result.Metrics.Select(m => KeyValuePair.Create($"{d.Step.Id}.{m.Key}", m.Value))).ToDictionary(StringComparer.Ordinal);
        foreach (var (name, value) in promoted.Result.Metrics) known[name] = value;
        foreach (var text in require) Require(Parsed(text), known, current, metrics, held, failed);
        return new(held, failed, metrics);
    }

    private static void Require(Condition condition, Dictionary<string, double> known, AliasEntry? current, SortedDictionary<string, double> metrics, List<string> held, List<string> failed)
    {
        var names = condition.Names.Select(n => n.Name).Distinct().ToList();
        // Recorded with the promotion, so that the next one has something to compare with.
        foreach (var name in names.Select(WithoutCurrent).Where(known.ContainsKey)) metrics[name] = known[name];
        if (current is null && names.Any(n => n.StartsWith(Current, StringComparison.Ordinal)))
        {
            held.Add($"{condition.Text}: nothing to compare with, the alias is new");
            return;
        }

        try
        {
            var verdict = condition.Evaluate(name => Value(name, known, current));
            (verdict.Holds ? held : failed).Add(condition.Text + verdict.Sides);
        }
        catch (KeyNotFoundException e)
        {
            failed.Add($"{condition.Text}: {e.Message}");
        }
    }

    private static double Value(string name, Dictionary<string, double> known, AliasEntry? current)
    {
        if (known.TryGetValue(name, out var value) || (name.StartsWith(Current, StringComparison.Ordinal) && current!.Metrics.TryGetValue(WithoutCurrent(name), out value))) return value;
        var has = name.StartsWith(Current, StringComparison.Ordinal) ? $"the promotion of version {current!.Version} recorded: {string.Join(", ", current.Metrics.Keys)}" : $"there are: {string.Join(", ", known.Keys.Order(StringComparer.Ordinal).Take(40))}";
        throw new KeyNotFoundException($"there is no metric '{name}'; {has}");
    }

    private static string WithoutCurrent(string name) => name.StartsWith(Current, StringComparison.Ordinal) ? name[Current.Length..] : name;

    private static Condition Parsed(string text)
    {
        try
        {
            return Condition.OverNumbers(text);
        }
        catch (FormatException e)
        {
            throw new WrongInputException($"--require: {e.Message}");
        }
    }

    private static bool AreRelated(StepGraph graph, string gate, string step) => graph.AncestryOf(gate).Any(a => a.Id == step) || graph.AncestryOf(step).Any(a => a.Id == gate);
}
