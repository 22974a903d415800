namespace Pipeline.Cli.Comparing;

/// <summary>A metric on both sides; null where a side does not have it.</summary>
internal sealed record MetricChange(string Name, double? Old, double? New)
{
    public double? Change => New - Old;

    /// <summary>As a share of the old value's size; null where that is nothing.</summary>
    public double? Relative => Old is { } old && old != 0 && Change is { } change ? change / Math.Abs(old) : null;

    /// <summary>"better", "worse", or nothing where the name does not say which way is which.</summary>
    public string Verdict => (MetricDirection.Of(Name) * (Change ?? 0)) switch { > 0 => "better", < 0 => "worse", _ => "" };

    public bool IsSame => Old.Equals(New);
}

/// <param name="State">"same" where both sides have the step, else "added" or "removed".</param>
internal sealed record StepComparison(string Step, string State, IReadOnlyList<MetricChange> Metrics);

/// <summary>The metrics of two sides, step by step.</summary>
internal sealed record MetricsComparison(MetricsSide Old, MetricsSide New, IReadOnlyList<StepComparison> Steps)
{
    /// <param name="order">The ids of the pipeline's steps; those that only the old side has come after them.</param>
    public static MetricsComparison Of(MetricsSide old, MetricsSide now, IEnumerable<string> order)
    {
        var ids = order.Concat(now.Steps.Keys.Order(StringComparer.Ordinal)).Concat(old.Steps.Keys.Order(StringComparer.Ordinal)).Distinct().Where(id => old.Steps.ContainsKey(id) || now.Steps.ContainsKey(id));
        return new(old, now, [.. ids.Select(id => Step(id, old.Steps.GetValueOrDefault(id), now.Steps.GetValueOrDefault(id)))]);
    }

    public int Count(string verdict) => Steps.Sum(s => s.Metrics.Count(m => m.Verdict == verdict));

    private static StepComparison Step(string id, SideStep? old, SideStep? now)
    {
        var names = (now?.Metrics.Keys ?? []).Concat(old?.Metrics.Keys.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>()).Distinct();
        return new(id, old is null ? "added" : now is null ? "removed" : "same", [.. names.Select(n => new MetricChange(n, Value(old, n), Value(now, n)))]);
    }

    private static double? Value(SideStep? step, string name) => step is not null && step.Metrics.TryGetValue(name, out var value) ? value : null;
}
