namespace Pipeline.Steps.Evaluate;

/// <summary>The metrics of an evaluation, named <c>WHO.FIGURE</c>, as a table: a row for each figure, a column for the baselines where there are any and for each model.</summary>
public sealed record HeldOutTable(IReadOnlyList<string> Columns, IReadOnlyList<HeldOutRow> Rows)
{
    private const string Baseline = "baseline";
    private const string Ngram = "ngram";
    private static readonly string[] Baselines = ["unigram", "floor"];
    private static readonly string[] Groups = ["test", "answer", "preference"];

    /// <param name="models">From the earliest stage to the latest; those without figures get no column.</param>
    public static HeldOutTable Of(IReadOnlyDictionary<string, double> metrics, IEnumerable<string> models)
    {
        var measured = models.Distinct().Where(m => Has(metrics, m)).ToList();
        List<string> columns = [.. Baselines.Any(b => Has(metrics, b)) ? [Baseline] : (string[])[], .. Has(metrics, Ngram) ? [Ngram] : (string[])[], .. measured];
        var rows = metrics.Keys.Select(k => k.Split('.', 2)).Where(k => k.Length == 2 && (columns.Contains(k[0]) || Baselines.Contains(k[0]))).Select(k => k[1]).Distinct()
            // The loss says the same as the perplexity.
            .Where(f => !f.EndsWith(".loss", StringComparison.Ordinal))
            .Select(f => new HeldOutRow(f, [.. columns.Select(c => Value(metrics, c, f))]))
            .OrderBy(r => Array.IndexOf(Groups, r.Group) is var at && at < 0 ? Groups.Length : at).ThenBy(r => r.Group, StringComparer.Ordinal)
            .ThenBy(r => r.Label is "perplexity" or "accuracy" ? 0 : 1).ThenBy(r => r.Label, StringComparer.Ordinal).ToList();
        return new(columns, rows);
    }

    private static bool Has(IReadOnlyDictionary<string, double> metrics, string who) => metrics.Keys.Any(k => k.StartsWith(who + ".", StringComparison.Ordinal));

    private static double? Value(IReadOnlyDictionary<string, double> metrics, string column, string figure)
    {
        foreach (var who in column == Baseline ? Baselines : [column])
        {
            if (metrics.TryGetValue($"{who}.{figure}", out var value)) return value;
        }

        return null;
    }
}
