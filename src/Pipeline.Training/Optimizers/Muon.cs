using Pipeline.Training.Models;
using Pipeline.Training.Scripts;
using TorchSharp;
using static TorchSharp.torch;

namespace Pipeline.Training.Optimizers;

/// <summary>Muon (Jordan et al. 2024): each hidden matrix moves along the nearest semi-orthogonal matrix to its Nesterov momentum, found by 5 quintic Newton-Schulz steps and scaled by
/// sqrt(max(1, rows/columns)); <see cref="AdamW"/> moves the rest.</summary>
public sealed class Muon : Optimizer
{
    const long MostElements = 1 << 25;

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
                x = g / (torch.linalg_vector_norm(g, 2, [1, 2], True) + 1e-7)
                tall = x.size(1) > x.size(2)
                if tall:
                    x = x.transpose(1, 2)
                if 2 * x.size(1) > x.size(2):
                    for _ in range(5):
                        a = torch.bmm(x, x.transpose(1, 2))
                        b = torch.baddbmm(a, a, a, beta=-4.7750, alpha=2.0315)
                        x = torch.baddbmm(x, b, x, beta=3.4445)
                else:
                    # Every iterate is a polynomial in XX' times X: the short square side is iterated alone, and the long one multiplied twice instead of ten times.
                    a = torch.bmm(x, x.transpose(1, 2))
                    product = a
                    for i in range(5):
                        b = torch.baddbmm(a, a, a, beta=-4.7750, alpha=2.0315)
                        b.diagonal(0, 1, 2).add_(3.4445)
                        product = torch.bmm(b, product) if i > 0 else b
                        a = torch.bmm(b, torch.bmm(b, a)) if i < 4 else a
                    x = torch.bmm(product, x)
                return x.transpose(1, 2) if tall else x

            def update(ps: List[Tensor], gs: List[Tensor], ms: List[Tensor], lr: float, momentum: float, decay: float):
                for i in range(len(ps)):
                    ms[i].mul_(momentum).add_(gs[i])
                    gs[i].add_(ms[i], alpha=momentum)
                u = orthogonal(torch.stack(gs))
                scale = max(1.0, float(u.size(1)) / float(u.size(2))) ** 0.5
                for i in range(len(ps)):
                    ps[i].mul_(1.0 - lr * decay).add_(u[i], alpha=-lr * scale)
            """));
        fused = Own(new FusedAdamW(options.Rest, parameters.Values.device));
        (momentum, decay) = (Constant(options.Momentum), Constant(options.WeightDecay));
        // The momentum of a hidden matrix and the first moment of the rest stand in one tensor; a second moment has the rest alone.
        first = Zeros(parameters.Values.numel());
        hidden = [.. ParameterGroup.Of(parameters, each => each.Hidden).SelectMany(group => OfOneShape(parameters.Layout, group))
            .Select(group => (ViewsOn(parameters.Values, group), ViewsOn(parameters.Gradients, group), ViewsOn(first, group), group))];
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

    /// <summary>Matrices that are multiplied in one batch; not so many that their copy would weigh.</summary>
    static IEnumerable<ParameterGroup> OfOneShape(IReadOnlyList<ParameterLayout> layout, ParameterGroup group) =>
        group.Members.GroupBy(i => (layout[i].Shape[0], layout[i].Shape[1]))
            .SelectMany(same => same.Chunk((int)Math.Max(1, MostElements / (same.Key.Item1 * same.Key.Item2))).Select(some => group with { Members = some }));
}
