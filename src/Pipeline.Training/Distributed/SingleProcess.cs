using Pipeline.Training.Scripts;
using static TorchSharp.torch;

namespace Pipeline.Training.Distributed;

/// <summary>One process alone: a sum over ranks is the value itself.</summary>
public sealed class SingleProcess : ICollective
{
    public int Rank => 0;

    public int Size => 1;

    public void SumShards(Tensor total, IReadOnlyList<Tensor> subtrees, int shards)
    {
        using var noGradient = no_grad();
        for (var i = subtrees.Count - 1; i > 0; i--) Arithmetic.Add(subtrees[i - 1], subtrees[i]);
        if (subtrees.Count == 0) total.zero_();
        else if (!ReferenceEquals(total, subtrees[0])) total.copy_(subtrees[0]);
    }

    public void AllReduceSum(Span<double> values)
    {
    }

    public void Broadcast(Tensor tensor, int root)
    {
    }

    public void Barrier()
    {
    }

    public void Dispose()
    {
    }
}
