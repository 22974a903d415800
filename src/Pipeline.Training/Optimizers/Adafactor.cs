using Pipeline.Training.Models;
using Pipeline.Training.Scripts;
using TorchSharp;
using static TorchSharp.torch;

namespace Pipeline.Training.Optimizers;

/// <summary>Adafactor (Shazeer and Stern 2018, algorithms 4 and 5, without momentum): the second moment of a matrix is kept as that of its rows and columns, an update's root mean square is
/// clipped, and rates are relative to a tensor's own root mean square. Tensors of more than two dimensions count as matrices of their first.</summary>
public sealed class Adafactor : Optimizer
{
    readonly CompiledScript script;
    readonly AdafactorOptions options;
    readonly Scalar epsilon, clip, least, decay;
    readonly Tensor rows, columns, vectors;
    readonly List<(string Function, object[] Tensors, double RateScale)> groups = [];

    public Adafactor(FlatParameters parameters, AdafactorOptions options)
        : base(parameters)
    {
        options.Check();
        this.options = options;
        using var scope = NewDisposeScope();
        script = Own(new CompiledScript("""
            def finish(p: Tensor, u: Tensor, lr: float, clip: float, least: float, decay: float):
                root = float(p.numel()) ** 0.5
                scale = (torch.linalg_vector_norm(p) / root).clamp(min=least) / (torch.linalg_vector_norm(u) / (root * clip)).clamp(min=1.0)
                p.mul_(1.0 - lr * decay).sub_(u.mul_(scale * lr))

            def matrices(ps: List[Tensor], gs: List[Tensor], rs: List[Tensor], cs: List[Tensor], lr: float, fresh: float, epsilon: float, clip: float, least: float, decay: float):
                for i in range(len(ps)):
                    g, r, c = gs[i].flatten(1), rs[i], cs[i]
                    r.lerp_(torch.linalg_vector_norm(g, 2, [1]).square_().div_(g.size(1)).add_(epsilon), fresh)
                    c.lerp_(torch.linalg_vector_norm(g, 2, [0]).square_().div_(g.size(0)).add_(epsilon), fresh)
                    g.mul_(r.div(r.mean()).rsqrt_().unsqueeze(1)).mul_(c.rsqrt().unsqueeze(0))
                    finish(ps[i], gs[i], lr, clip, least, decay)

            def vectors(ps: List[Tensor], gs: List[Tensor], vs: List[Tensor], lr: float, fresh: float, epsilon: float, clip: float, least: float):
                for i in range(len(ps)):
                    g, v = gs[i], vs[i]
                    v.lerp_(g.square().add_(epsilon), fresh)
                    g.mul_(v.rsqrt())
                    finish(ps[i], g, lr, clip, least, 0.0)
            """));
        (epsilon, clip, least, decay) = (Constant(options.Epsilon), Constant(options.UpdateClip), Constant(options.LeastScale), Constant(options.WeightDecay));
        var layout = parameters.Layout;
        rows = Zeros(layout.Where(IsMatrix).Sum(each => each.Shape[0]));
        columns = Zeros(layout.Where(IsMatrix).Sum(each => each.Elements / each.Shape[0]));
        vectors = Zeros(layout.Where(each => !IsMatrix(each)).Sum(each => each.Elements));
        foreach (var group in ParameterGroup.Of(parameters))
        {
            object[] both = [ViewsOn(parameters.Values, group), ViewsOn(parameters.Gradients, group)];
            groups.Add(group.Decayed
                ? ("matrices", [.. both, Parts(rows, group, each => IsMatrix(each) ? each.Shape[0] : 0), Parts(columns, group, each => IsMatrix(each) ? each.Elements / each.Shape[0] : 0)], group.RateScale)
                : ("vectors", [.. both, Parts(vectors, group, each => IsMatrix(each) ? 0 : each.Elements)], group.RateScale));
        }

        Tensor[] Parts(Tensor flat, ParameterGroup group, Func<ParameterLayout, long> length) =>
            [.. group.Members.Select(i => Stretch(flat, layout.Take(i).Sum(length), length(layout[i])))];
    }

    public override IReadOnlyList<(string Name, Tensor Value)> State => [("second_moment_rows", rows), ("second_moment_columns", columns), ("second_moment_vectors", vectors)];

    public override void Step(double learningRate, long number)
    {
        using var noGradient = no_grad();
        using Scalar fresh = Math.Pow(number, -options.DecayExponent);
        foreach (var (function, tensors, scale) in groups)
        {
            using Scalar rate = learningRate * scale;
            object[] constants = function == "matrices" ? [rate, fresh, epsilon, clip, least, decay] : [rate, fresh, epsilon, clip, least];
            script.Do(function, [.. tensors, .. constants]);
        }
    }

    static bool IsMatrix(ParameterLayout parameter) => parameter.Shape.Length >= 2;
}
