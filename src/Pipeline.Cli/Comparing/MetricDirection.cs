namespace Pipeline.Cli.Comparing;

/// <summary>Which way a metric gets better, where its name says so. Names are <c>WHO.WHERE.FIGURE</c>; the last part counts.</summary>
internal static class MetricDirection
{
    /// <summary>Figures of the data and not of a model: when they change, nothing got better or worse.</summary>
    private static readonly string[] Baselines = ["unigram", "floor"];

    private static readonly string[] Lower = ["loss", "perplexity", "bits_per_byte"];

    /// <summary>-1 where lower is better, 1 where higher is, 0 where it is not known.</summary>
    public static int Of(string metric)
    {
        var parts = metric.Split('.');
        if (parts.SkipLast(1).Any(Baselines.Contains)) return 0;
        var figure = parts[^1];
        if (Lower.Any(l => figure == l || figure.EndsWith("_" + l, StringComparison.Ordinal))) return -1;
        return figure.StartsWith("accuracy", StringComparison.Ordinal) || figure.EndsWith("_accuracy", StringComparison.Ordinal) ? 1 : 0;
    }
}
