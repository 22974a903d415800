using static TorchSharp.torch;

namespace Pipeline.Training.Distributed;

/// <summary>The processes that train one model together. Every rank makes the same calls in the same order; a lost rank surfaces as an exception or as the end of this process.</summary>
public interface ICollective : IDisposable
{
    int Rank { get; }

    int Size { get; }

    /// <summary>Sums over ranks, in place and with the same bits on every rank. A contiguous float32 or float64 tensor on the CPU.</summary>
    void AllReduceSum(Tensor tensor);

    /// <summary>Sums over ranks, in place and with the same bits on every rank.</summary>
    void AllReduceSum(Span<double> values);

    /// <summary>Overwrites the contiguous tensor (any type, on the CPU) with the one of rank <paramref name="root"/>.</summary>
    void Broadcast(Tensor tensor, int root);

    /// <summary>Returns when every rank has called it.</summary>
    void Barrier();
}
