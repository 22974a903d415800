using static TorchSharp.torch;

namespace Pipeline.Training.Distributed;

/// <summary>One process alone: a sum over ranks is the value itself.</summary>
public sealed class SingleProcess : ICollective
{
    public int Rank => 0;

    public int Size => 1;

    public void AllReduceSum(Tensor tensor)
    {
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
