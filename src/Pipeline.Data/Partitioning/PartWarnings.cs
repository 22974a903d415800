using System.Globalization;

namespace Pipeline.Data.Partitioning;

/// <summary>What to know of the sizes of parts before something is measured on them.</summary>
public static class PartWarnings
{
    /// <summary>Of all documents: so far from the ratio is worth a word even where chance explains it.</summary>
    private const double FarOff = 0.05;

    /// <summary>Standard errors that chance exceeds once in 370 times.</summary>
    private const int Errors = 3;

    /// <summary>Shares that are cut are off by a document for each part beside.</summary>
    private const double Rounded = 2;

    /// <param name="dominant">Of validation or test: the share from which one cluster is too much of it.</param>
    public static IEnumerable<string> Of(Partitioned result, PartitionRules rules, double dominant)
    {
        foreach (var (part, largest) in result.LargestClusters)
        {
            var documents = result.Certificate.Sizes[part].Documents;
            if (part == Part.Train || largest < 2 || largest <= dominant * documents) continue;
            yield return Text($"one cluster of {largest:N0} documents, alike or of one group, is in {Word(part)}, which has {documents:N0}: what is measured there says little of other texts. Remove near duplicates before (clean.deduplicate)")
                + (result.Certificate.Partition!.StandardErrorOf(0) is null ? "." : ", draw with another seed, or give balance: true; the part of a cluster that is drawn is never chosen by its size, for then it would move as the corpus grows.");
        }

        var all = result.Certificate.Sizes.Values.Sum(s => s.Documents);
        foreach (var (part, size) in result.Certificate.Sizes)
        {
            var (share, asked) = (all == 0 ? 0 : (double)size.Documents / all, rules.RatioOf(part));
            if (Math.Abs(share - asked) <= Allowed(result, rules, asked, all)) continue;
            yield return Text($"{Word(part)} has {share:0.#%} of the documents, and {asked:0.#%} were asked for: ") + Cause(result, rules, part, share, all);
        }
    }

    private static double Allowed(Partitioned result, PartitionRules rules, double asked, int all) =>
        // Each stratum is rounded, and documents of one time are not told apart: only what is far off says more than that.
        (rules.StratifyBy ?? rules.TimeBy) is not null ? FarOff : Math.Min(FarOff, Math.Max(Rounded / Math.Max(1, all), Errors * (result.Certificate.Partition!.StandardErrorOf(asked) ?? 0)));

    private static string Cause(Partitioned result, PartitionRules rules, Part part, double share, int all)
    {
        var (facts, asked) = (result.Certificate.Partition!, rules.RatioOf(part));
        if (facts.Dropped.Values.Sum() is > 0 and var dropped)
            return Text($"{dropped:N0} of validation and test were dropped, since they share runs of {rules.Ngram} words with an earlier part or are nearly the same; a higher ngram, or lines and paragraphs that many share removed before (clean.deduplicate), drops fewer.");
        if (result.LargestClusters.TryGetValue(part, out var own) && own > asked * all)
            return Text($"one cluster of {own:N0} documents, which is not torn apart, is larger than the {asked * all:N0} that were asked for. Group by another key, or remove near duplicates before (clean.deduplicate).");
        if (rules.TimeBy is not null) return "documents of one time are not told apart. Give dates that are finer.";
        if (rules.StratifyBy is not null) return Text($"each value of {rules.StratifyBy} is rounded to whole clusters. Stratify by a key of fewer values.");
        if (facts.StandardErrorOf(asked) is { } error && Math.Abs(share - asked) <= Errors * error)
            return Text($"that is chance, for {facts.Clusters:N0} clusters are drawn each by itself, which misses by about {error:0.#%}; balance: true cuts the shares as asked for, but lets documents move as the corpus grows.");
        return Text($"the largest of {facts.Clusters:N0} clusters has {facts.LargestCluster:N0} documents, and none is torn apart; a lower max_cluster_share ties fewer together.");
    }

    private static string Word(Part part) => part.ToString().ToLowerInvariant();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
