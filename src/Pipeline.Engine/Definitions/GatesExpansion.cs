namespace Pipeline.Engine.Definitions;

/// <summary>Makes the <c>gates</c> of the file and of its steps into steps that use <c>gate</c>, and lets what they hold back wait for them.</summary>
internal sealed class GatesExpansion(Expressions expressions, Baselines baselines, ProblemList problems)
{
    private const string Suffix = VariantNames.Separator + "gate";

    /// <param name="ofFile">The file's own <c>gates</c>: by name.</param>
    public MapNode Apply(MapNode steps, Node? ofFile)
    {
        var reader = new GatesReader(steps, expressions, baselines, problems);
        var gates = new List<(GateBlock Gate, string? After)>();
        var made = new List<Entry>();
        foreach (var entry in steps.Entries)
        {
            if (entry.Value is not MapNode step || step.Find("gates") is not { } given)
            {
                made.Add(entry.Value is MapNode written ? entry with { Value = Written(written, reader) } : entry);
                continue;
            }

            made.Add(entry with { Value = new MapNode(step.Place, [.. step.Entries.Where(e => e.Key.Text != "gates")]) });
            var id = new ScalarNode(given.Key.Place, entry.Key.Text + Suffix, plain: true);
            if (steps.Find(id.Text) is not null) problems.Add(ProblemCodes.BadGate, given.Key.Place, $"the gate of '{entry.Key.Text}' would be named '{id.Text}', as another step is", "give that step another name");
            else if (given.Value is ScalarNode { IsNull: true }) continue;
            else if (reader.Read(id, given.Key.Place, given.Value, ofFile: false) is { } gate)
            {
                gates.Add((gate, entry.Key.Text));
                made.Add(new(id, gate.Node));
            }
        }

        foreach (var (name, value) in OfFile(ofFile))
        {
            if (!Names.IsValid(name.Text)) problems.Add(ProblemCodes.BadName, name.Place, $"the gate '{Excerpt.Short(name.Text)}' has a bad name", Names.Rule);
            else if (made.Any(e => e.Key.Text == name.Text)) problems.Add(ProblemCodes.BadGate, name.Place, $"a step is named '{name.Text}' already", "gates and steps share their names: choose another");
            else if (reader.Read(name, name.Place, value, ofFile: true) is { } gate)
            {
                gates.Add((gate, null));
                made.Add(new(name, gate.Node));
            }
        }

        return gates.Count == 0 ? new(steps.Place, made) : Held(new(steps.Place, made), gates);
    }

    private List<Entry> OfFile(Node? given)
    {
        switch (given)
        {
            case null or ScalarNode { IsNull: true }:
                return [];
            case MapNode map:
                return [.. map.Entries];
            case var other:
                problems.Add(ProblemCodes.WrongShape, other.Place, $"'gates' of a pipeline is a mapping of names to gates, not {other.Words}", "write gates: { NAME: { require: [CONDITION], before: [STEP] } }");
                return [];
        }
    }

    /// <summary>A gate that the file writes out as a step may compare with other commits as well.</summary>
    private static MapNode Written(MapNode step, GatesReader reader) =>
        step["uses"] is ScalarNode { Text: GatesReader.Type } && step.Find("with") is { Value: MapNode with } options ? step.With(options with { Value = reader.WithBaselines(with, options.Key.Place) }) : step;

    private MapNode Held(MapNode steps, List<(GateBlock Gate, string? After)> gates)
    {
        var uses = steps.Entries.ToDictionary(e => e.Key.Text, e => e.Value is MapNode step ? new StepUses(expressions).Of(step) : [], StringComparer.Ordinal);
        var needs = new Dictionary<string, List<ScalarNode>>(StringComparer.Ordinal);
        foreach (var (gate, after) in gates)
        {
            var read = Above(gate, uses);
            var held = gate.Before.Select(b => b.Text).Concat(after is null ? [] : uses.Where(u => u.Key != gate.Id.Text && u.Value.Contains(after) && !read.Contains(u.Key)).Select(u => u.Key));
            foreach (var id in held.Distinct())
            {
                if (!needs.TryGetValue(id, out var added)) needs[id] = added = [];
                added.Add(new(gate.Before.FirstOrDefault(b => b.Text == id)?.Place ?? gate.Id.Place, gate.Id.Text, plain: true));
            }
        }

        return new(steps.Place, [.. steps.Entries.Select(e => e.Value is MapNode step && needs.TryGetValue(e.Key.Text, out var added) ? e with { Value = Needing(step, added) } : e)]);
    }

    /// <summary>All that a gate waits for: it cannot hold that back.</summary>
    private static HashSet<string> Above(GateBlock gate, Dictionary<string, HashSet<string>> uses)
    {
        var above = new HashSet<string>(gate.Steps, StringComparer.Ordinal);
        var open = new Stack<string>(gate.Steps);
        while (open.TryPop(out var next))
        {
            foreach (var id in uses.GetValueOrDefault(next) ?? [])
            {
                if (above.Add(id)) open.Push(id);
            }
        }

        return above;
    }

    private static MapNode Needing(MapNode step, List<ScalarNode> gates)
    {
        IReadOnlyList<Node> own = step["needs"] switch { null or ScalarNode { IsNull: true } => [], ListNode list => list.Items, var one => [one] };
        return step.With(new(step.Find("needs")?.Key ?? new ScalarNode(gates[0].Place, "needs", plain: true), new ListNode(gates[0].Place, [.. own, .. gates])));
    }
}
