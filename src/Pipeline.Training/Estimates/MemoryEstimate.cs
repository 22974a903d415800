namespace Pipeline.Training.Estimates;

/// <summary>Bytes that one process of a training holds at its peak, which is where the backward pass begins.</summary>
/// <param name="Copies">Averages and best parameters, and sums of gradients that wait for their neighbours.</param>
/// <param name="Activations">What the forward pass keeps, the output layer included.</param>
public sealed record MemoryEstimate(double Weights, double Gradients, double Optimizer, double Copies, double Activations)
{
    /// <summary>The process itself before it trains: .NET, libtorch, its threads.</summary>
    public const double Program = 300e6;

    public double Total => Weights + Gradients + Optimizer + Copies + Activations + Program;

    /// <summary>Below this it cannot be: states are exact, activations as if the allocator lost nothing and some were overestimated, and most of the program's pages can be mapped from files.</summary>
    public double Least => Weights + Gradients + Optimizer + Copies + CertainShare * Activations + LeastProgram;

    /// <summary>A process held to 64 MiB was ended before it trained.</summary>
    public const double LeastProgram = 67e6;

    public const double CertainShare = 0.6;
}
