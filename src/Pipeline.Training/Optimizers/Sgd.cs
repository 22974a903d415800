using Pipeline.Training.Models;
using Pipeline.Training.Scripts;
using TorchSharp;
using static TorchSharp.torch;

namespace Pipeline.Training.Optimizers;

public sealed record SgdOptions : OptimizerOptions
{
    /// <summary>0 keeps no state.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Looks ahead along the momentum (Sutskever et al. 2013).</summary>
    public bool Nesterov { get; init; }

    /// <summary>Added to the gradient, so that momentum holds it too; on tensors of two and more dimensions.</summary>
    public double WeightDecay { get; init; }

    public override void Check()
    {
        CheckShare("momentum", Momentum);
        CheckNotNegative("weight decay", WeightDecay);
        if (Nesterov && Momentum == 0)
            throw new ArgumentException("nesterov needs a momentum above 0.");
    }

    public override Optimizer Create(FlatParameters parameters) => new Sgd(parameters, this);

    public override long StateElements(IReadOnlyList<ParameterLayout> layout) => Momentum > 0 ? FlatParameters.SizeOf(layout) : 0;
}

/// <summary>Stochastic gradient descent with momentum, by libtorch's fused kernel over the flat model: v = momentum·v + g, w -= rate·v.</summary>
public sealed class Sgd : Optimizer
{
    readonly CompiledScript script;
    readonly Scalar momentum, decay, noDecay;
    readonly bool nesterov;
    readonly Tensor? velocity;
    readonly IReadOnlyList<(Tensor[] Values, Tensor[] Gradients, Tensor[] Velocity, ParameterRun Run)> stretches;

    public Sgd(FlatParameters parameters, SgdOptions options)
        : base(parameters)
    {
        options.Check();
        using var scope = NewDisposeScope();
        script = Own(new CompiledScript("""
            def update(p: List[Tensor], g: List[Tensor], v: List[Tensor], lr: float, momentum: float, decay: float, nesterov: bool):
                torch._fused_sgd_(p, g, v, weight_decay=decay, momentum=momentum, lr=lr, dampening=0.0, nesterov=nesterov, maximize=False, is_first_step=False)
            """));
        (momentum, decay, noDecay, nesterov) = (Constant(options.Momentum), Constant(options.WeightDecay), Constant(0), options.Nesterov);
        velocity = options.Momentum > 0 ? Zeros(parameters.Values.numel()) : null;
        stretches = [.. ParameterRun.Of(parameters).Select(run =>
        {
            Tensor[] Of(Tensor flat) => [Stretch(flat, run.Start, run.Length)];
            return (Of(parameters.Values), Of(parameters.Gradients), velocity is null ? [] : Of(velocity), run);
        })];
    }

    public override IReadOnlyList<(string Name, Tensor Value)> State => velocity is null ? [] : [("momentum", velocity)];

    public override void Step(double learningRate, long number)
    {
        using var noGradient = no_grad();
        foreach (var (values, gradients, its, run) in stretches)
        {
            using Scalar rate = learningRate * run.RateScale;
            script.Do("update", values, gradients, its, rate, momentum, run.Decayed ? decay : noDecay, nesterov);
        }
    }
}
