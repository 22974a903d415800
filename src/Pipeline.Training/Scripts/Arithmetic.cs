using TorchSharp;
using static TorchSharp.torch;

namespace Pipeline.Training.Scripts;

/// <summary>Arithmetic for the hot path. TorchSharp's own makes a temporary scalar, which a collection started by another thread could free during the call.</summary>
static class Arithmetic
{
    static readonly Lazy<CompiledScript> Script = new(() => new CompiledScript("""
        def add(x: Tensor, y: Tensor):
            x.add_(y)

        def multiply(x: Tensor, y: float):
            x.mul_(y)

        def fill(x: Tensor, y: float):
            x.fill_(y)

        def zero_where(x: Tensor, there: Tensor):
            x.masked_fill_(there, 0.0)

        def lerp(x: Tensor, y: Tensor, share: float):
            x.lerp_(y, share)

        def exchange(x: Tensor, y: Tensor):
            kept = x.clone()
            x.copy_(y)
            y.copy_(kept)

        def first_scaled(x: Tensor, y: float) -> Tensor:
            return x[0] * y
        """));

    public static void Add(Tensor x, Tensor y) => Script.Value.Do("add", x, y);

    public static void Multiply(Tensor x, double y) => WithScalar("multiply", x, y);

    public static void Fill(Tensor x, double y) => WithScalar("fill", x, y);

    /// <summary>Sets x to 0 where the other is true.</summary>
    public static void ZeroWhere(Tensor x, Tensor there) => Script.Value.Do("zero_where", x, there);

    /// <summary>Moves x by a share of its way to y.</summary>
    public static void Lerp(Tensor x, Tensor y, double share)
    {
        using Scalar scalar = share;
        Script.Value.Do("lerp", x, y, scalar);
    }

    public static void Exchange(Tensor x, Tensor y) => Script.Value.Do("exchange", x, y);

    /// <summary>The first element times a number, differentiable.</summary>
    public static Tensor FirstScaled(Tensor x, double y)
    {
        using Scalar scalar = y;
        return Script.Value.Tensor("first_scaled", x, scalar);
    }

    static void WithScalar(string function, Tensor x, double y)
    {
        using Scalar scalar = y;
        Script.Value.Do(function, x, scalar);
    }
}
