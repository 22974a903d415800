using Pipeline.Training.Models;
using Pipeline.Training.Scripts;
using TorchSharp;
using static TorchSharp.torch;

namespace Pipeline.Training.Optimizers;

public sealed record LarsOptions : OptimizerOptions
{
    public double Momentum { get; init; } = 0.9;

    /// <summary>How far a tensor moves, as a share of its own length, at a rate of 1.</summary>
    public double Trust { get; init; } = 0.001;

    /// <summary>Added to the gradient; on tensors of two and more dimensions.</summary>
    public double WeightDecay { get; init; } = 1e-4;

    public override void Check()
    {
        CheckShare("momentum", Momentum);
        CheckPositive("trust", Trust);
        CheckNotNegative("weight decay", WeightDecay);
    }

    public override Optimizer Create(FlatParameters parameters) => new Lars(parameters, this);
}

/// <summary>LARS (You, Gitman and Ginsburg 2017): for each tensor l = trust·‖w‖/(‖g‖ + decay·‖w‖), v = momentum·v + rate·l·(g + decay·w), w -= v. Where the
/// tensor or the divisor is 0, as with biases at first, l is the trust alone.</summary>
public sealed class Lars : Optimizer
{
    readonly CompiledScript script;
    readonly Scalar momentum, trust, decay, noDecay;
    readonly Tensor velocity;
    readonly IReadOnlyList<(Tensor[] Values, Tensor[] Gradients, Tensor[] Velocity, ParameterGroup Group)> groups;

    public Lars(FlatParameters parameters, LarsOptions options)
        : base(parameters)
    {
        options.Check();
        using var scope = NewDisposeScope();
        script = Own(new CompiledScript("""
            def update(ps: List[Tensor], gs: List[Tensor], vs: List[Tensor], piece: int, lr: float, momentum: float, trust: float, decay: float):
                for i in range(len(ps)):
                    p, g, v = ps[i].view(-1), gs[i].view(-1), vs[i].view(-1)
                    length = torch.linalg_vector_norm(p)
                    divisor = torch.linalg_vector_norm(g) + length * decay
                    ratio = torch.where(torch.logical_and(length > 0, divisor > 0), length / divisor, torch.ones_like(length)) * (trust * lr)
                    for start in range(0, p.numel(), piece):
                        n = min(piece, p.numel() - start)
                        w, d, b = p.narrow(0, start, n), g.narrow(0, start, n), v.narrow(0, start, n)
                        d.add_(w, alpha=decay).mul_(ratio)
                        w.sub_(b.mul_(momentum).add_(d))
            """));
        (momentum, trust, decay, noDecay) = (Constant(options.Momentum), Constant(options.Trust), Constant(options.WeightDecay), Constant(0));
        velocity = Zeros(parameters.Values.numel());
        groups = [.. ParameterGroup.Of(parameters).Select(group => (ViewsOn(parameters.Values, group), ViewsOn(parameters.Gradients, group), ViewsOn(velocity, group), group))];
    }

    public override IReadOnlyList<(string Name, Tensor Value)> State => [("momentum", velocity)];

    public override void Step(double learningRate, long number)
    {
        using var noGradient = no_grad();
        foreach (var (values, gradients, its, group) in groups)
        {
            using Scalar rate = learningRate * group.RateScale;
            script.Do("update", values, gradients, its, Piece, rate, momentum, trust, group.Decayed ? decay : noDecay);
        }
    }
}
