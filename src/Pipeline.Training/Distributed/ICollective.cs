using static TorchSharp.torch;

namespace Pipeline.Training.Distributed;

/// <summary>The processes that train one model together. Every rank makes the same calls in the same order; a lost rank surfaces as an exception or as the end of this process.</summary>
public interface ICollective : IDisposable
{
    int Rank { get; }

    int Size { get; }

    /// <summary>Sums what the shards of a step gave, in the order of <see cref="PairwiseTree"/> over them: the same bits on every rank and for any number of ranks.</summary>
    /// <param name="total">Becomes the sum; may be one of <paramref name="subtrees"/>. Contiguous, float32 or float64, on the CPU.</param>
    /// <param name="subtrees">One tensor like it for each of the <see cref="PairwiseTree.Cover"/> of this rank's <see cref="PairwiseTree.RunOf"/>. They may be overwritten.</param>
    /// <param name="shards">Of the step, all ranks' together.</param>
    void SumShards(Tensor total, IReadOnlyList<Tensor> subtrees, int shards);

    /// <summary>Sums over ranks, in place and with the same bits on every rank.</summary>
    void AllReduceSum(Span<double> values);

    /// <summary>Overwrites the contiguous tensor (any type, on the CPU) with the one of rank <paramref name="root"/>.</summary>
    void Broadcast(Tensor tensor, int root);

    /// <summary>Returns when every rank has called it.</summary>
    void Barrier();
}
