namespace Pipeline.Engine.Definitions;

/// <summary>The names that stand where a step names others, read straight off its nodes: they need not be steps.</summary>
internal sealed class StepUses(Expressions expressions)
{
    public HashSet<string> Of(MapNode step)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, value) in (step["inputs"] as MapNode)?.Entries ?? []) Add(value, names);
        if (step["needs"] is { } needs) Add(needs, names);
        if (step["with"] is { } with) AddMetrics(with, names);
        if (step["when"] is ScalarNode when) AddCondition(when.Text, names);
        if (step[RoundNode.Key] is RoundNode { Until: { } until }) AddCondition(until.Text, names);
        return names;
    }

    private void Add(Node node, HashSet<string> names)
    {
        foreach (var item in expressions.Resolve(node) switch { null => [], ListNode list => list.Items, var one => [one] })
        {
            if (item is ScalarNode reference) names.Add(reference.Text.Split('.')[0]);
        }
    }

    private static void AddMetrics(Node node, HashSet<string> names)
    {
        foreach (var item in node switch { MapNode map => map.Entries.Select(e => e.Value), ListNode list => list.Items, _ => [] }) AddMetrics(item, names);
        if (node is ScalarNode scalar && Expressions.MetricIn(scalar) is { } metric) names.Add(metric.Split('.')[0]);
    }

    private static void AddCondition(string text, HashSet<string> names)
    {
        try
        {
            names.UnionWith(Condition.Parse(text).Names.Select(n => n.Name.Split('.')[0]));
        }
        catch (FormatException)
        {
            // Said when the condition is read.
        }
    }
}
