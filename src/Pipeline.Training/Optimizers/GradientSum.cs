using Pipeline.Training.Distributed;
using Pipeline.Training.Scripts;
using static TorchSharp.torch;

namespace Pipeline.Training.Optimizers;

/// <summary>Adds micro-shard gradients in the order of <see cref="PairwiseTree"/> instead of one after the other, so that ranks that share the shards add up to the
/// same bits as one rank that holds them all. Costs one more gradient per level above the second.</summary>
public sealed class GradientSum(Tensor gradients) : IDisposable
{
    // Subtrees to the left of the one that backward passes add to.
    readonly List<(Subtree Subtree, Tensor Sum)> left = [];
    Subtree current;

    public void Start()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        gradients.zero_();
        DropLeft();
        current = default;
    }

    /// <summary>Before the backward pass of each of this rank's shards, in order.</summary>
    public void MakeRoom(int shard)
    {
        var next = new Subtree(shard, 1);
        if (next.Completes(current))
        {
            // Two neighbours add up in place, which is the tree's lowest level already.
            current = new(current.Start, 2);
            return;
        }
        if (current.Count > 0)
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            MergeCurrent();
            left.Add((current, gradients.clone().DetachFromDisposeScope()));
            gradients.zero_();
        }
        current = next;
    }

    /// <summary>Leaves the sum over the shards of all ranks in the gradients.</summary>
    public void Finish(ICollective ranks, int shards)
    {
        using (no_grad())
            MergeCurrent();
        ranks.SumShards(gradients, current.Count == 0 ? [] : [.. left.Select(subtree => subtree.Sum), gradients], shards);
        DropLeft();
    }

    public void Dispose() => DropLeft();

    void MergeCurrent()
    {
        while (left.Count > 0 && current.Completes(left[^1].Subtree))
        {
            var (subtree, sum) = left[^1];
            Arithmetic.Add(gradients, sum);
            sum.Dispose();
            left.RemoveAt(left.Count - 1);
            current = new(subtree.Start, 2 * subtree.Count);
        }
    }

    void DropLeft()
    {
        foreach (var (_, sum) in left)
            sum.Dispose();
        left.Clear();
    }
}
