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

    public override long StateElements(IReadOnlyList<ParameterLayout> layout) => FlatParameters.SizeOf(layout);
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
            def update(ps: List[Tensor], gs: List[Tensor], vs: List[Tensor], lr: float, momentum: float, trust: float, decay: float):
                for i in range(len(ps)):
                    p, g = ps[i], gs[i]
                    length = torch.linalg_vector_norm(p)
                    divisor = torch.linalg_vector_norm(g) + length * decay
                    ratio = torch.where(torch.logical_and(length > 0, divisor > 0), length / divisor, torch.ones_like(length)) * (trust * lr)
                    g.add_(p, alpha=decay).mul_(ratio)
                torch._fused_sgd_(ps, gs, vs, weight_decay=0.0, momentum=momentum, lr=1.0, dampening=0.0, nesterov=False, maximize=False, is_first_step=False)
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
            script.Do("update", values, gradients, its, rate, momentum, trust, group.Decayed ? decay : noDecay);
        }
    }
}
