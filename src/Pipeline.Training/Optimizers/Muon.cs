using Pipeline.Training.Models;
using Pipeline.Training.Scripts;
using TorchSharp;
using static TorchSharp.torch;

namespace Pipeline.Training.Optimizers;

/// <summary>Muon (Jordan et al. 2024): each hidden matrix moves along the nearest semi-orthogonal matrix to its Nesterov momentum, found by 5 quintic Newton-Schulz steps and scaled by
/// sqrt(max(1, rows/columns)); <see cref="AdamW"/> moves the rest.</summary>
public sealed class Muon : Optimizer
{
    readonly CompiledScript script;
    readonly FusedAdamW fused;
    readonly MuonOptions options;
    readonly Scalar momentum, decay;
    readonly Tensor first, second;
    readonly IReadOnlyList<(Tensor[] Values, Tensor[] Gradients, Tensor[] Momentum, ParameterGroup Group)> hidden;
    readonly IReadOnlyList<FusedAdamW.Stretch> rest;

    public Muon(FlatParameters parameters, MuonOptions options)
        : base(parameters)
    {
        options.Check();
        this.options = options;
        using var scope = NewDisposeScope();
        script = Own(new CompiledScript("""
            def orthogonal(g: Tensor) -> Tensor:
                x = g / (torch.linalg_vector_norm(g) + 1e-7)
                tall = x.size(0) > x.size(1)
                if tall:
                    x = x.t()
                for _ in range(5):
                    a = torch.mm(x, x.t())
                    b = torch.addmm(a, a, a, beta=-4.7750, alpha=2.0315)
                    x = torch.addmm(x, b, x, beta=3.4445)
                return x.t() if tall else x

            def update(ps: List[Tensor], gs: List[Tensor], ms: List[Tensor], lr: float, momentum: float, decay: float):
                for i in range(len(ps)):
                    p, g, m = ps[i], gs[i], ms[i]
                    m.mul_(momentum).add_(g)
                    scale = max(1.0, float(p.size(0)) / float(p.size(1))) ** 0.5
                    p.mul_(1.0 - lr * decay).add_(orthogonal(g.add_(m, alpha=momentum)), alpha=-lr * scale)
            """));
        fused = Own(new FusedAdamW(options.Rest, parameters.Values.device));
        (momentum, decay) = (Constant(options.Momentum), Constant(options.WeightDecay));
        // The momentum of a hidden matrix and the first moment of the rest stand in one tensor; a second moment has the rest alone.
        first = Zeros(parameters.Values.numel());
        hidden = [.. ParameterGroup.Of(parameters, each => each.Hidden).Select(group => (ViewsOn(parameters.Values, group), ViewsOn(parameters.Gradients, group), ViewsOn(first, group), group))];
        var others = ParameterRun.Of(parameters, each => !each.Hidden);
        second = Zeros(others.Sum(run => run.Length));
        long at = 0;
        var stretches = new List<FusedAdamW.Stretch>();
        foreach (var run in others)
        {
            Tensor[] Of(Tensor flat, long start) => [Stretch(flat, start, run.Length)];
            stretches.Add(new(Of(parameters.Values, run.Start), Of(parameters.Gradients, run.Start), Of(first, run.Start), Of(second, at), run.Decayed, run.RateScale));
            at += run.Length;
        }
        rest = stretches;
    }

    public override IReadOnlyList<(string Name, Tensor Value)> State => [("first_moment", first), ("second_moment", second)];

    public override void Step(double learningRate, long number)
    {
        using var noGradient = no_grad();
        foreach (var (values, gradients, its, group) in hidden)
        {
            using Scalar rate = learningRate * group.RateScale;
            script.Do("update", values, gradients, its, rate, momentum, decay);
        }
        fused.Update(rest, learningRate * options.RestRate, number);
    }
}
