using System.Numerics;
using static TorchSharp.torch;

namespace Pipeline.Training.Distributed;

/// <summary>
/// The gradient of a step from its micro-shards, with the same bits for any number of ranks: each rank sums its run of shards in the order of
/// <see cref="PairwiseTree"/>, then the ranks go on with the same tree (docs/decisions/distributed-exact-reduction.md).
/// </summary>
public sealed class GradientTree : IDisposable
{
    private readonly Tensor _gradients;
    private readonly int _shards;
    private readonly ICollective _collective;
    // Level k holds the sum of 2^k shards that waits for its right neighbour: the carries of a binary counter.
    private readonly Tensor[] _waiting;
    private int _added;

    /// <param name="gradients">One contiguous float32 or float64 tensor that backward passes add to, zero when a step begins. It stays the caller's.</param>
    /// <param name="shards">How many micro-shards this rank has in each step; the same on every rank, and a power of two where there are several.</param>
    public GradientTree(Tensor gradients, int shards, ICollective collective)
    {
        CheckShards(shards, collective.Size);
        (_gradients, _shards, _collective) = (gradients, shards, collective);
        using var scope = NewDisposeScope();
        _waiting = [.. Enumerable.Range(0, BitOperations.Log2((uint)shards) + (BitOperations.IsPow2(shards) ? 0 : 1)).Select(_ => empty_like(gradients, requires_grad: false).DetachFromDisposeScope())];
    }

    /// <summary>Says whether shards can be shared out so that each rank's run is a subtree.</summary>
    /// <exception cref="ArgumentException">They cannot; the message names what would do.</exception>
    public static void CheckShards(int shardsPerRank, int ranks)
    {
        if (shardsPerRank < 1) throw new ArgumentException($"each rank needs at least 1 micro-shard a step, not {shardsPerRank}");
        if (ranks > 1 && !BitOperations.IsPow2(shardsPerRank))
            throw new ArgumentException($"{shardsPerRank} micro-shards on each of {ranks} ranks cannot be summed in the order that one rank would use: the number on each rank must be a power of two, such as {1 << BitOperations.Log2((uint)shardsPerRank)}");
    }

    /// <summary>
    /// Call after the backward pass of each of this rank's shards, in order. Empties the gradients for the next shard; after the last one they hold the sum over all
    /// shards of all ranks.
    /// </summary>
    /// <returns>True after the last shard.</returns>
    public bool Add()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var level = 0;
        for (; (_added >> level & 1) == 1; level++) _gradients.add_(_waiting[level]);
        if (++_added < _shards)
        {
            _waiting[level].copy_(_gradients);
            _gradients.zero_();
            return false;
        }

        // What is left of a number of shards that is no power of two, smallest first.
        for (level++; level < _waiting.Length; level++)
        {
            if ((_added - 1 >> level & 1) == 1) _gradients.add_(_waiting[level]);
        }

        _added = 0;
        SumOverRanks();
        return true;
    }

    public void Dispose()
    {
        foreach (var tensor in _waiting) tensor.Dispose();
    }

    /// <summary>Collectives work on the CPU; gradients elsewhere visit it.</summary>
    private void SumOverRanks()
    {
        if (_collective.Size == 1) return;
        if (_gradients.device_type == TorchSharp.DeviceType.CPU)
        {
            _collective.AllReduceSum(_gradients);
            return;
        }

        var visiting = _gradients.cpu();
        _collective.AllReduceSum(visiting);
        _gradients.copy_(visiting);
    }
}
