using Pipeline.Training.Models;
using Pipeline.Training.Scripts;
using static TorchSharp.torch;

namespace Pipeline.Training.Optimizers;

/// <summary>Moves a model's parameters against their gradients.</summary>
public abstract class Optimizer(FlatParameters parameters) : IDisposable
{
    readonly CompiledScript norm = new("""
        def norm(g: Tensor) -> Tensor:
            return torch.linalg_vector_norm(g)
        """);

    /// <summary>By the names under which checkpoints keep it; with the number of steps taken it is the whole state. Filled in place when a run is resumed.</summary>
    public abstract IReadOnlyList<(string Name, Tensor Value)> State { get; }

    protected FlatParameters Parameters { get; } = parameters;

    /// <summary>The gradient's L2 norm over all parameters.</summary>
    public double GradientNorm()
    {
        using var scope = NewDisposeScope();
        return norm.Tensor("norm", Parameters.Gradients).item<float>();
    }

    /// <summary>Scales the gradient so that its norm is at most <paramref name="most"/>.</summary>
    public void Clip(double norm, double most)
    {
        using var noGradient = no_grad();
        if (norm > most)
            Arithmetic.Multiply(Parameters.Gradients, most / norm);
    }

    /// <param name="learningRate">Of this step.</param>
    /// <param name="number">Of this step, from 1.</param>
    public abstract void Step(double learningRate, long number);

    public void Dispose()
    {
        Dispose(disposing: true);
        norm.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}

/// <summary>Which optimiser, and its constants.</summary>
public abstract record OptimizerOptions
{
    /// <exception cref="ArgumentException">A constant is outside its range.</exception>
    public abstract void Check();

    public abstract Optimizer Create(FlatParameters parameters);
}
