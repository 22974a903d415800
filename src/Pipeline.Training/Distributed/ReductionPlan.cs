namespace Pipeline.Training.Distributed;

/// <summary>Who holds which subtrees when leaves are shared out by <see cref="PairwiseTree.RunOf"/>; every rank computes the same.</summary>
internal sealed class ReductionPlan
{
    public ReductionPlan(int leaves, int ranks)
    {
        if (leaves < 1) throw new ArgumentException($"a sum needs at least one shard, not {leaves}");
        var held = Enumerable.Range(0, ranks).Select(rank => PairwiseTree.RunOf(leaves, rank, ranks)).Select(run => PairwiseTree.Cover(run.Start, run.End)).ToArray();
        Subtrees = [.. held.SelectMany(subtrees => subtrees)];
        Held = [.. held.Select(subtrees => subtrees.Count)];
    }

    /// <summary>Of all ranks, from left to right.</summary>
    public IReadOnlyList<Subtree> Subtrees { get; }

    /// <summary>How many of them each rank has.</summary>
    public IReadOnlyList<int> Held { get; }
}
