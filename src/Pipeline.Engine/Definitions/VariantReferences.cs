using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>What a step stands for that has become several: all of them in <c>needs</c> and in inputs that take a list, and a mistake anywhere else.</summary>
internal sealed class VariantReferences(StepCatalog catalog, ProblemList problems)
{
    private readonly Dictionary<string, IReadOnlyList<string>> variants = new(StringComparer.Ordinal);

    public void Add(string step, IReadOnlyList<string> names) => variants[step] = names;

    public MapNode Replace(MapNode steps) =>
        variants.Count == 0 ? steps : new(steps.Place, [.. steps.Entries.Select(e => e.Value is MapNode step ? e with { Value = ReplaceIn(step) } : e)]);

    private MapNode ReplaceIn(MapNode step)
    {
        if (step.Find("needs") is { } needs) step = step.With(needs with { Value = All(needs.Value) });
        if (step.Find("when") is { Value: ScalarNode when } && RefuseIn(when)) step = new MapNode(step.Place, [.. step.Entries.Where(e => e.Key.Text != "when")]);
        if (step.Find("inputs") is not { Value: MapNode inputs } given) return step;
        var type = step["uses"] is ScalarNode uses ? catalog.Find(uses.Text) : null;
        return step.With(given with { Value = new MapNode(inputs.Place, [.. inputs.Entries.Select(e => e with { Value = Input(type, e) })]) });
    }

    private Node Input(StepType? type, Entry input)
    {
        if (type is null || type.Inputs.FirstOrDefault(p => p.Name == input.Key.Text) is { Arity: PortArity.List }) return All(input.Value);
        return input.Value is ScalarNode one && Of(one.Text) is { } names ? First(one, names) : input.Value;
    }

    private Node All(Node given)
    {
        IReadOnlyList<Node> items = given is ListNode list ? list.Items : [given];
        return items.Any(i => i is ScalarNode s && Of(s.Text) is not null)
            ? new ListNode(given.Place, [.. items.SelectMany(i => i is ScalarNode s && Of(s.Text) is { } names ? names.Select(n => (Node)new ScalarNode(s.Place, n, plain: true)) : [i])])
            : given;
    }

    /// <summary>The first stands for all, so that nothing more is said about this input.</summary>
    private ScalarNode First(ScalarNode written, List<string> names)
    {
        problems.Add(ProblemCodes.BadMatrix, written.Place, $"'{Excerpt.Short(written.Text)}' stands for {names.Count} variants, and one is wanted here", $"add select: {{ metric: …, goal: min }} to the step, or name one: {Excerpt.List(names, 4)}");
        return new(written.Place, names[0], plain: true);
    }

    /// <summary>True where the condition asks about a step that has become several, which has been said then.</summary>
    private bool RefuseIn(ScalarNode condition)
    {
        try
        {
            var several = Condition.Parse(condition.Text).Names.Select(n => n.Name.Split('.')[0]).Where(variants.ContainsKey).ToList();
            foreach (var step in several) First(new ScalarNode(condition.Place, step, plain: true), Of(step)!);
            return several.Count > 0;
        }
        catch (FormatException)
        {
            // Said when the condition is read.
            return false;
        }
    }

    /// <summary>The variants, with the output where one is named.</summary>
    private List<string>? Of(string reference)
    {
        var dot = reference.IndexOf('.', StringComparison.Ordinal);
        var (step, output) = dot < 0 ? (reference, "") : (reference[..dot], reference[dot..]);
        return variants.TryGetValue(step, out var names) ? [.. names.Select(n => n + output)] : null;
    }
}
