using Pipeline.Training.Scripts;
using TorchSharp;
using static TorchSharp.torch;

namespace Pipeline.Training.Optimizers;

/// <summary>libtorch's fused AdamW over stretches of flat tensors.</summary>
sealed class FusedAdamW(AdamWOptions options, Device device) : IDisposable
{
    readonly CompiledScript script = new("""
        def update(p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], step: List[Tensor], lr: Tensor, beta1: float, beta2: float, decay: float, epsilon: float):
            none: List[Tensor] = []
            torch._fused_adamw_(p, g, m, v, none, step, lr=lr, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False)
        """);

    // Long-lived: a collection started by another thread could free a temporary during the call.
    readonly Scalar beta1 = options.Beta1, beta2 = options.Beta2, epsilon = options.Epsilon, decay = options.WeightDecay, noDecay = 0.0;
    readonly Tensor[] step = [zeros([], dtype: ScalarType.Float32, device: device).DetachFromDisposeScope()];
    readonly Tensor rate = zeros([], dtype: ScalarType.Float64, device: device).DetachFromDisposeScope();

    /// <summary>Of one run; each of the tensors in a list, because a script's dead-code elimination overlooks what is written through a list of its own.</summary>
    public sealed record Stretch(Tensor[] Values, Tensor[] Gradients, Tensor[] FirstMoment, Tensor[] SecondMoment, bool Decayed, double RateScale);

    public void Update(IReadOnlyList<Stretch> stretches, double learningRate, long number)
    {
        // The kernel reads the number of this step.
        Arithmetic.Fill(step[0], number);
        foreach (var each in stretches)
        {
            Arithmetic.Fill(rate, learningRate * each.RateScale);
            script.Do("update", each.Values, each.Gradients, each.FirstMoment, each.SecondMoment, step, rate, beta1, beta2, each.Decayed ? decay : noDecay, epsilon);
        }
    }

    public void Dispose()
    {
        foreach (var each in (IDisposable[])[script, beta1, beta2, epsilon, decay, noDecay, .. step, rate])
            each.Dispose();
    }
}
