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
            def scale(elements: int, length: Tensor, change: Tensor, clip: float, least: float) -> Tensor:
                root = float(elements) ** 0.5
                return (length / root).clamp(min=least) / (change / (root * clip)).clamp(min=1.0)

            def matrices(ps: List[Tensor], gs: List[Tensor], rs: List[Tensor], cs: List[Tensor], piece: int, lr: float, fresh: float, epsilon: float, clip: float, least: float, decay: float):
                for i in range(len(ps)):
                    p, g, r, c = ps[i].flatten(1), gs[i].flatten(1), rs[i], cs[i]
                    n = max(1, piece // g.size(1))
                    columns, lengths, changes = torch.zeros_like(c), torch.zeros([0], device=g.device), torch.zeros([0], device=g.device)
                    for at in range(0, g.size(0), n):
                        squares = g.slice(0, at, at + n).square()
                        r.slice(0, at, at + n).lerp_(squares.mean([1]).add_(epsilon), fresh)
                        columns.add_(squares.sum([0]))
                    c.lerp_(columns.div_(g.size(0)).add_(epsilon), fresh)
                    along, across = r.div(r.mean()).rsqrt_().unsqueeze(1), c.rsqrt().unsqueeze(0)
                    for at in range(0, g.size(0), n):
                        u = g.slice(0, at, at + n).mul_(along.slice(0, at, at + n)).mul_(across)
                        lengths = torch.cat([lengths, torch.linalg_vector_norm(p.slice(0, at, at + n)).view([1])])
                        changes = torch.cat([changes, torch.linalg_vector_norm(u).view([1])])
                    rate = scale(p.numel(), torch.linalg_vector_norm(lengths), torch.linalg_vector_norm(changes), clip, least) * lr
                    for at in range(0, g.size(0), n):
                        p.slice(0, at, at + n).mul_(1.0 - lr * decay).sub_(g.slice(0, at, at + n).mul_(rate))

            def vectors(ps: List[Tensor], gs: List[Tensor], vs: List[Tensor], lr: float, fresh: float, epsilon: float, clip: float, least: float):
                for i in range(len(ps)):
                    p, g, v = ps[i], gs[i], vs[i]
                    v.lerp_(g.square().add_(epsilon), fresh)
                    g.mul_(v.rsqrt())
                    p.sub_(g.mul_(scale(p.numel(), torch.linalg_vector_norm(p), torch.linalg_vector_norm(g), clip, least) * lr))
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
            object[] constants = function == "matrices" ? [Piece, rate, fresh, epsilon, clip, least, decay] : [rate, fresh, epsilon, clip, least];
            script.Do(function, [.. tensors, .. constants]);
        }
    }

    static bool IsMatrix(ParameterLayout parameter) => parameter.Shape.Length >= 2;
}
