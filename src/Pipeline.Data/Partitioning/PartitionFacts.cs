namespace Pipeline.Data.Partitioning;

/// <summary>How a partition came about, for its certificate.</summary>
/// <param name="LinkedBy">Relations whose documents are in one cluster.</param>
/// <param name="Dropped">Documents left out of every part, by the relation that could not be linked.</param>
/// <param name="MovedToFill">Clusters moved into a part that would have stayed empty.</param>
public sealed record PartitionFacts(
    ulong Seed, int Clusters, int LargestCluster, IReadOnlyList<Relation> LinkedBy, IReadOnlyDictionary<Relation, int> Dropped, int MovedToFill)
{
    /// <summary>Clusters of one size that a draw would spread as unevenly.</summary>
    public double EffectiveClusters { get; init; }

    public bool? Balance { get; init; }
    public string? StratifyBy { get; init; }
    public string? TimeBy { get; init; }
    /// <summary>Documents left out because they have no date to go by.</summary>
    public int Undated { get; init; }
    public int? Folds { get; init; }
    public int? Fold { get; init; }

    /// <summary>Standard deviation of the share that a part of this ratio gets of all documents; null where shares are cut and not drawn.</summary>
    public double? StandardErrorOf(double ratio) => Balance is true || (StratifyBy ?? TimeBy) is not null ? null : Math.Sqrt(ratio * (1 - ratio) / Math.Max(1, EffectiveClusters));
}
