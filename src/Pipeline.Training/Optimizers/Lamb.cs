using Pipeline.Training.Models;
using Pipeline.Training.Scripts;
using TorchSharp;
using static TorchSharp.torch;

namespace Pipeline.Training.Optimizers;

public sealed record LambOptions : OptimizerOptions
{
    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    public double Epsilon { get; init; } = 1e-6;

    /// <summary>Part of the update before its norm is taken; on tensors of two and more dimensions.</summary>
    public double WeightDecay { get; init; } = 0.01;

    public override void Check()
    {
        CheckShare("beta1", Beta1);
        CheckShare("beta2", Beta2);
        CheckPositive("epsilon", Epsilon);
        CheckNotNegative("weight decay", WeightDecay);
    }

    public override Optimizer Create(FlatParameters parameters) => new Lamb(parameters, this);
}

/// <summary>LAMB (You et al. 2020): Adam's update u plus decay·w, of each tensor scaled by min(‖w‖, 10)/‖u‖, or 1 where a norm is 0.</summary>
public sealed class Lamb : Optimizer
{
    readonly CompiledScript script;
    readonly Scalar beta1, beta2, epsilon, decay, noDecay;
    readonly double decay1, decay2;
    readonly Tensor firstMoment, secondMoment;
    readonly IReadOnlyList<(Tensor[] Values, Tensor[] Gradients, Tensor[] First, Tensor[] Second, ParameterGroup Group)> groups;

    public Lamb(FlatParameters parameters, LambOptions options)
        : base(parameters)
    {
        options.Check();
        using var scope = NewDisposeScope();
        script = Own(new CompiledScript("""
            def update(ps: List[Tensor], gs: List[Tensor], ms: List[Tensor], vs: List[Tensor], piece: int, lr: float, beta1: float, beta2: float, epsilon: float, decay: float, correction1: float, correction2: float):
                for i in range(len(ps)):
                    p, g, m, v = ps[i].view(-1), gs[i].view(-1), ms[i].view(-1), vs[i].view(-1)
                    for start in range(0, p.numel(), piece):
                        n = min(piece, p.numel() - start)
                        w, u, b, s = p.narrow(0, start, n), g.narrow(0, start, n), m.narrow(0, start, n), v.narrow(0, start, n)
                        b.lerp_(u, 1.0 - beta1)
                        s.mul_(beta2).addcmul_(u, u, value=1.0 - beta2)
                        # The gradient's place takes the update.
                        u.copy_(s).sqrt_().mul_(correction1 / correction2 ** 0.5).add_(correction1 * epsilon).reciprocal_().mul_(b).add_(w, alpha=decay)
                    length, change = torch.linalg_vector_norm(p), torch.linalg_vector_norm(g)
                    trust = torch.where(torch.logical_and(length > 0, change > 0), length.clamp(max=10.0) / change, torch.ones_like(length))
                    p.add_(g.mul_(trust), alpha=-lr)
            """));
        (beta1, beta2, epsilon, decay, noDecay) = (Constant(options.Beta1), Constant(options.Beta2), Constant(options.Epsilon), Constant(options.WeightDecay), Constant(0));
        (decay1, decay2) = (options.Beta1, options.Beta2);
        firstMoment = Zeros(parameters.Values.numel());
        secondMoment = Zeros(parameters.Values.numel());
        groups = [.. ParameterGroup.Of(parameters).Select(group =>
            (ViewsOn(parameters.Values, group), ViewsOn(parameters.Gradients, group), ViewsOn(firstMoment, group), ViewsOn(secondMoment, group), group))];
    }

    public override IReadOnlyList<(string Name, Tensor Value)> State => [("first_moment", firstMoment), ("second_moment", secondMoment)];

    public override void Step(double learningRate, long number)
    {
        using var noGradient = no_grad();
        using Scalar correction1 = 1 - Math.Pow(decay1, number), correction2 = 1 - Math.Pow(decay2, number);
        foreach (var (values, gradients, first, second, group) in groups)
        {
            using Scalar rate = learningRate * group.RateScale;
            script.Do("update", values, gradients, first, second, Piece, rate, beta1, beta2, epsilon, group.Decayed ? decay : noDecay, correction1, correction2);
        }
    }
}
