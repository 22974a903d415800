using Pipeline.Training.Models;
using Pipeline.Training.Scripts;
using static TorchSharp.torch;

namespace Pipeline.Training;

/// <summary>The norm of all weights and how far a step moved them, as a share of it. Costs a copy of the parameters and two passes over them.</summary>
sealed class WeightWatch(FlatParameters parameters) : IDisposable
{
    readonly CompiledScript script = new("""
        def keep(before: Tensor, now: Tensor):
            before.copy_(now)

        def norms(before: Tensor, now: Tensor) -> Tensor:
            return torch.stack([torch.linalg_vector_norm(now), torch.linalg_vector_norm(before.sub_(now))])
        """);
    readonly Tensor before = zeros_like(parameters.Values, requires_grad: false).DetachFromDisposeScope();

    public void BeforeStep()
    {
        using var noGradient = no_grad();
        script.Do("keep", before, parameters.Values);
    }

    public IReadOnlyList<Figure> AfterStep()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var norms = script.Tensor("norms", before, parameters.Values).cpu().data<float>().ToArray();
        return [new("weight_norm", norms[0]), new("update_ratio", norms[0] > 0 ? (double)norms[1] / norms[0] : 0)];
    }

    public void Dispose()
    {
        script.Dispose();
        before.Dispose();
    }
}
