using Pipeline.Training.Scripts;
using static TorchSharp.torch;

namespace Pipeline.Training.Optimizers;

/// <summary>Adds micro-shard gradients as a binary tree over their order instead of one after the other. Ranks that each hold a complete subtree then
/// add up to the same bits as one rank that holds them all. Costs one more gradient per level above the second.</summary>
public sealed class GradientSum(Tensor gradients) : IDisposable
{
    // Sums of complete subtrees to the left, the largest first.
    readonly List<(int Shards, Tensor Sum)> left = [];
    int pending;

    public void Start()
    {
        using var noGradient = no_grad();
        gradients.zero_();
        pending = 0;
    }

    /// <summary>Before the backward pass of each shard.</summary>
    public void MakeRoom()
    {
        // Two neighbours add up in place, which is the tree's lowest level already.
        if (pending == 2)
        {
            using var noGradient = no_grad();
            while (left.Count > 0 && left[^1].Shards == pending)
            {
                AddLast();
                pending *= 2;
            }
            left.Add((pending, gradients.clone().DetachFromDisposeScope()));
            gradients.zero_();
            pending = 0;
        }
        pending++;
    }

    /// <summary>Leaves the whole sum in the gradients.</summary>
    public void Finish()
    {
        using var noGradient = no_grad();
        while (left.Count > 0)
            AddLast();
    }

    public void Dispose()
    {
        foreach (var (_, sum) in left)
            sum.Dispose();
    }

    void AddLast()
    {
        var (_, sum) = left[^1];
        Arithmetic.Add(gradients, sum);
        sum.Dispose();
        left.RemoveAt(left.Count - 1);
    }
}
