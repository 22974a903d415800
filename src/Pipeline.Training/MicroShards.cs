using Pipeline.Training.Distributed;

namespace Pipeline.Training;

/// <summary>How the micro-shards of a step are dealt: consecutive ones to each rank, as evenly as can be. What a shard holds and draws does not depend on who computes it.</summary>
readonly record struct MicroShards(int Count, int[] Mine)
{
    public static MicroShards Of(int count, ICollective ranks)
    {
        var (first, end) = PairwiseTree.RunOf(count, ranks.Rank, ranks.Size);
        return new MicroShards(count, [.. Enumerable.Range(first, end - first)]);
    }

    /// <summary>One value for each of this rank's shards, to one for each of all shards, the same on every rank: adding zeros is exact, so their sum depends on no one's share.</summary>
    public double[] SumOver(IEnumerable<double> mine, ICollective ranks)
    {
        var all = new double[Count];
        foreach (var (shard, value) in Mine.Zip(mine))
            all[shard] = value;
        ranks.AllReduceSum(all.AsSpan());
        return all;
    }
}
