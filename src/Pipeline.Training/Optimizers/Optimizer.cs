using Pipeline.Training.Models;
using Pipeline.Training.Scripts;
using TorchSharp;
using static TorchSharp.torch;

namespace Pipeline.Training.Optimizers;

/// <summary>Moves a model's parameters against their gradients; may use the gradients up.</summary>
public abstract class Optimizer : IDisposable
{
    readonly List<IDisposable> owned = [];
    readonly CompiledScript norm;

    protected Optimizer(FlatParameters parameters)
    {
        Parameters = parameters;
        norm = Own(new CompiledScript("""
            def norm(g: Tensor) -> Tensor:
                return torch.linalg_vector_norm(g)
            """));
    }

    /// <summary>By the names under which checkpoints keep it; with the number of steps taken it is the whole state. Filled in place when a run is resumed.</summary>
    public abstract IReadOnlyList<(string Name, Tensor Value)> State { get; }

    protected FlatParameters Parameters { get; }

    /// <summary>Elements at a time of an update that passes over its tensors more than once: what stays in a processor's cache meanwhile. A GPU takes all at once.</summary>
    private protected int Piece => Parameters.Values.device.type == DeviceType.CPU ? 1 << 17 : int.MaxValue;

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
        foreach (var each in owned)
            each.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposed with the optimiser.</summary>
    private protected T Own<T>(T resource)
        where T : IDisposable
    {
        owned.Add(resource);
        return resource;
    }

    /// <summary>Long-lived: a collection started by another thread could free a temporary during a native call.</summary>
    private protected Scalar Constant(double value) => Own((Scalar)value);

    private protected Tensor Zeros(long elements) =>
        Own(zeros(elements, dtype: ScalarType.Float32, device: Parameters.Values.device).DetachFromDisposeScope());

    private protected Tensor Stretch(Tensor flat, long start, long length)
    {
        using var noGradient = no_grad();
        return Own(flat.narrow(0, start, length).DetachFromDisposeScope());
    }

    /// <summary>Views on a tensor that is laid out as the parameters, in the shapes of some of them.</summary>
    private protected Tensor[] ViewsOn(Tensor flat, ParameterGroup group)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return [.. group.Members.Select(i => Own(flat.narrow(0, Parameters.Offsets[i], Parameters.Layout[i].Elements).view(Parameters.Layout[i].Shape).DetachFromDisposeScope()))];
    }
}

/// <summary>Which optimiser, and its constants.</summary>
public abstract record OptimizerOptions
{
    /// <exception cref="ArgumentException">A constant is outside its range.</exception>
    public abstract void Check();

    public abstract Optimizer Create(FlatParameters parameters);

    /// <summary>Elements of <see cref="Optimizer.State"/> where all of these parameters are trained.</summary>
    public abstract long StateElements(IReadOnlyList<ParameterLayout> layout);

    private protected static void CheckShare(string name, double value)
    {
        if (value is not (>= 0 and < 1))
            throw new ArgumentException($"{name} is {value}, but must be at least 0 and below 1.");
    }

    private protected static void CheckPositive(string name, double value)
    {
        if (value is not (> 0 and < double.PositiveInfinity))
            throw new ArgumentException($"{name} is {value}, but must be above 0.");
    }

    private protected static void CheckNotNegative(string name, double value)
    {
        if (value is not (>= 0 and < double.PositiveInfinity))
            throw new ArgumentException($"{name} is {value}, but must be at least 0.");
    }
}
