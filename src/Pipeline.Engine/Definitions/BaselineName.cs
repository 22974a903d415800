namespace Pipeline.Engine.Definitions;

/// <summary>A metric as the lock file of another commit has it: <c>lock('main').evaluate.test.perplexity</c>.</summary>
public sealed record BaselineName(string Reference, string Step, string Metric)
{
    internal const string Function = "lock";
    private const string Opening = Function + "('";
    private const string Closing = "').";
    private const int Longest = 200;

    public static BaselineName? Parse(string name)
    {
        if (!name.StartsWith(Opening, StringComparison.Ordinal) || name.IndexOf(Closing, StringComparison.Ordinal) is not (> 0 and var end)) return null;
        var metric = name[(end + Closing.Length)..];
        var dot = metric.IndexOf('.', StringComparison.Ordinal);
        return dot <= 0 ? null : new(name[Opening.Length..end], metric[..dot], metric[(dot + 1)..]);
    }

    /// <summary>What git could take for a branch, tag or commit, and not for an option, a path or a range.</summary>
    internal static bool IsReference(string text) =>
        text.Length is > 0 and <= Longest && text[0] != '-' && text.All(c => c > ' ' && c is not (':' or '\'' or '\\' or '\x7f' or '?' or '*' or '[')) && !text.Contains("..", StringComparison.Ordinal);

    public override string ToString() => $"{Opening}{Reference}{Closing}{Step}.{Metric}";
}

/// <summary>The metrics that the lock file of this pipeline had at another commit, by step; or why there is none.</summary>
/// <param name="Damaged">The file is there and cannot be read: never to be taken for one that is not there.</param>
public sealed record LockedMetrics(IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>>? Steps, string Problem = "", bool Damaged = false);

/// <summary>Looks baselines up, each reference once.</summary>
/// <param name="lockAt">Reads the lock file of this pipeline at a commit.</param>
internal sealed class Baselines(Func<string, LockedMetrics> lockAt)
{
    private readonly Dictionary<string, LockedMetrics> read = new(StringComparer.Ordinal);

    /// <summary>The figure, or why there is none.</summary>
    public (double? Value, string Problem, bool Damaged) Find(BaselineName name)
    {
        if (!read.TryGetValue(name.Reference, out var locked)) read[name.Reference] = locked = lockAt(name.Reference);
        if (locked.Steps is not { } steps) return (null, locked.Problem, locked.Damaged);
        if (!steps.TryGetValue(name.Step, out var metrics)) return (null, $"the lock file at '{name.Reference}' has no step '{name.Step}'{Near(name.Step, steps.Keys)}", false);
        return metrics.TryGetValue(name.Metric, out var value) ? (value, "", false) : (null, $"'{name.Step}' has no metric '{name.Metric}' in the lock file at '{name.Reference}'{Near(name.Metric, metrics.Keys)}", false);
    }

    private static string Near(string wrong, IEnumerable<string> names) => Nearest.Of(wrong, names) is { } near ? $", but '{near}'" : "";
}
