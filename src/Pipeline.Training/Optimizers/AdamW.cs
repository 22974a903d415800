using Pipeline.Training.Models;
using Pipeline.Training.Scripts;
using TorchSharp;
using static TorchSharp.torch;

namespace Pipeline.Training.Optimizers;

/// <summary>AdamW with decoupled weight decay (Loshchilov and Hutter 2019), by libtorch's fused kernel over the flat model.</summary>
public sealed class AdamW : Optimizer
{
    readonly CompiledScript script = new("""
        def update(p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], step: List[Tensor], lr: Tensor, beta1: float, beta2: float, decay: float, epsilon: float):
            none: List[Tensor] = []
            torch._fused_adamw_(p, g, m, v, none, step, lr=lr, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False)
        """);

    // Long-lived: a collection started by another thread could free a temporary during the call.
    readonly Scalar beta1, beta2, epsilon, decay, noDecay = 0.0;
    readonly Tensor[][] decayed, other;
    readonly Tensor[] step;
    readonly Tensor rate;

    public AdamW(FlatParameters parameters, AdamWOptions options)
        : base(parameters)
    {
        options.Check();
        (beta1, beta2, epsilon, decay) = (options.Beta1, options.Beta2, options.Epsilon, options.WeightDecay);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        FirstMoment = zeros_like(parameters.Values).DetachFromDisposeScope();
        SecondMoment = zeros_like(parameters.Values).DetachFromDisposeScope();
        step = [zeros([], dtype: ScalarType.Float32, device: parameters.Values.device).DetachFromDisposeScope()];
        rate = zeros([], dtype: ScalarType.Float64, device: parameters.Values.device).DetachFromDisposeScope();
        decayed = Parts(0, parameters.Decayed);
        other = Parts(parameters.Decayed, parameters.Values.numel() - parameters.Decayed);

        // Lists, because a script's dead-code elimination overlooks what is written through a list of its own.
        Tensor[][] Parts(long start, long length) =>
            [.. new[] { parameters.Values, parameters.Gradients, FirstMoment, SecondMoment }.Select(flat => new[] { flat.narrow(0, start, length).DetachFromDisposeScope() })];
    }

    public override IReadOnlyList<(string Name, Tensor Value)> State => [("first_moment", FirstMoment), ("second_moment", SecondMoment)];

    /// <summary>Laid out as the parameters.</summary>
    Tensor FirstMoment { get; }

    Tensor SecondMoment { get; }

    public override void Step(double learningRate, long number)
    {
        using var noGradient = no_grad();
        Arithmetic.Fill(rate, learningRate);
        // The kernel reads the number of this step.
        Arithmetic.Fill(step[0], number);
        foreach (var (part, its) in new[] { (decayed, decay), (other, noDecay) })
            script.Do("update", part[0], part[1], part[2], part[3], step, rate, beta1, beta2, its, epsilon);
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var tensor in (Tensor[])[.. decayed.Concat(other).SelectMany(part => part), FirstMoment, SecondMoment, .. step, rate])
            tensor.Dispose();
        script.Dispose();
    }
}
