using Pipeline.Training.Models;
using Pipeline.Training.Scripts;
using TorchSharp;
using static TorchSharp.torch;

namespace Pipeline.Training.Optimizers;

public sealed record LionOptions : OptimizerOptions
{
    /// <summary>How much of the update's direction is the momentum.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the momentum.</summary>
    public double Beta2 { get; init; } = 0.99;

    /// <summary>Decoupled, on tensors of two and more dimensions. With rates 3 to 10 times lower than AdamW's it is as many times higher.</summary>
    public double WeightDecay { get; init; } = 1;

    public override void Check()
    {
        CheckShare("beta1", Beta1);
        CheckShare("beta2", Beta2);
        CheckNotNegative("weight decay", WeightDecay);
    }

    public override Optimizer Create(FlatParameters parameters) => new Lion(parameters, this);

    public override long StateElements(IReadOnlyList<ParameterLayout> layout) => FlatParameters.SizeOf(layout);
}

/// <summary>Lion (Chen et al. 2023): w -= rate·(sign(beta1·m + (1-beta1)·g) + decay·w), then m = beta2·m + (1-beta2)·g.</summary>
public sealed class Lion : Optimizer
{
    readonly CompiledScript script;
    readonly Scalar beta1, beta2, decay, noDecay;
    readonly Tensor momentum;
    readonly IReadOnlyList<(Tensor Values, Tensor Gradients, Tensor Momentum, ParameterRun Run)> stretches;

    public Lion(FlatParameters parameters, LionOptions options)
        : base(parameters)
    {
        options.Check();
        using var scope = NewDisposeScope();
        script = Own(new CompiledScript("""
            def update(p: Tensor, g: Tensor, m: Tensor, piece: int, lr: float, beta1: float, beta2: float, decay: float):
                for start in range(0, p.numel(), piece):
                    n = min(piece, p.numel() - start)
                    w, d, b = p.narrow(0, start, n), g.narrow(0, start, n), m.narrow(0, start, n)
                    u = torch.lerp(b, d, 1.0 - beta1).sign_()
                    b.lerp_(d, 1.0 - beta2)
                    w.mul_(1.0 - lr * decay).add_(u, alpha=-lr)
            """));
        (beta1, beta2, decay, noDecay) = (Constant(options.Beta1), Constant(options.Beta2), Constant(options.WeightDecay), Constant(0));
        momentum = Zeros(parameters.Values.numel());
        stretches = [.. ParameterRun.Of(parameters).Select(run =>
        {
            Tensor Of(Tensor flat) => Stretch(flat, run.Start, run.Length);
            return (Of(parameters.Values), Of(parameters.Gradients), Of(momentum), run);
        })];
    }

    public override IReadOnlyList<(string Name, Tensor Value)> State => [("momentum", momentum)];

    public override void Step(double learningRate, long number)
    {
        using var noGradient = no_grad();
        foreach (var (values, gradients, its, run) in stretches)
        {
            using Scalar rate = learningRate * run.RateScale;
            script.Do("update", values, gradients, its, Piece, rate, beta1, beta2, run.Decayed ? decay : noDecay);
        }
    }
}
