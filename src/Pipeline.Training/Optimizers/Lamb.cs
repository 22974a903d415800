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

    public override long StateElements(IReadOnlyList<ParameterLayout> layout) => 2 * FlatParameters.SizeOf(layout);
}

/// <summary>LAMB (You et al. 2020): Adam's update u plus decay·w, of each tensor scaled by min(‖w‖, 10)/‖u‖, or 1 where a norm is 0.</summary>
public sealed class Lamb : Optimizer
{
    readonly CompiledScript script;
    readonly Scalar beta1, beta2, epsilon, decay, noDecay;
    readonly Tensor firstMoment, secondMoment;
    readonly Tensor[] step;
    readonly IReadOnlyList<(Tensor Values, Tensor[] Update, Tensor[] Gradients, Tensor[] First, Tensor[] Second, ParameterGroup Group)> tensors;

    public Lamb(FlatParameters parameters, LambOptions options)
        : base(parameters)
    {
        options.Check();
        using var scope = NewDisposeScope();
        script = Own(new CompiledScript("""
            def update(p: Tensor, update: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], step: List[Tensor], lr: float, beta1: float, beta2: float, epsilon: float, decay: float):
                none: List[Tensor] = []
                # A step of Adam from 0 at a rate of -1 is its update.
                update[0].zero_()
                torch._fused_adam_(update, g, m, v, none, step, lr=-1.0, beta1=beta1, beta2=beta2, weight_decay=0.0, eps=epsilon, amsgrad=False, maximize=False)
                u = update[0].add_(p, alpha=decay)
                length, change = torch.linalg_vector_norm(p), torch.linalg_vector_norm(u)
                trust = torch.where(torch.logical_and(length > 0, change > 0), length.clamp(max=10.0) / change, torch.ones_like(length))
                p.sub_(u.mul_(trust * lr))
            """));
        (beta1, beta2, epsilon, decay, noDecay) = (Constant(options.Beta1), Constant(options.Beta2), Constant(options.Epsilon), Constant(options.WeightDecay), Constant(0));
        firstMoment = Zeros(parameters.Values.numel());
        secondMoment = Zeros(parameters.Values.numel());
        step = [Own(zeros([], dtype: ScalarType.Float32, device: parameters.Values.device).DetachFromDisposeScope())];
        // Of one tensor at a time.
        var update = Zeros(parameters.Layout.Max(each => each.Elements));
        tensors = [.. ParameterGroup.Of(parameters).SelectMany(group => group.Members.Select(i =>
        {
            Tensor Of(Tensor flat, long start) => Stretch(flat, start, parameters.Layout[i].Elements);
            var start = parameters.Offsets[i];
            return (Of(parameters.Values, start), new[] { Of(update, 0) }, new[] { Of(parameters.Gradients, start) }, new[] { Of(firstMoment, start) }, new[] { Of(secondMoment, start) }, group);
        }))];
    }

    public override IReadOnlyList<(string Name, Tensor Value)> State => [("first_moment", firstMoment), ("second_moment", secondMoment)];

    public override void Step(double learningRate, long number)
    {
        using var noGradient = no_grad();
        Arithmetic.Fill(step[0], number);
        foreach (var (values, update, gradients, first, second, group) in tensors)
        {
            using Scalar rate = learningRate * group.RateScale;
            script.Do("update", values, update, gradients, first, second, step, rate, beta1, beta2, epsilon, group.Decayed ? decay : noDecay);
        }
    }
}
