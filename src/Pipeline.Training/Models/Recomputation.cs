using Pipeline.Training.Scripts;
using TorchSharp;
using static TorchSharp.torch;

namespace Pipeline.Training.Models;

/// <summary>Activation checkpointing (Chen et al. 2016): the forward pass keeps what each segment of a model gives to the next, and the backward pass computes the inside of one segment at a time again, with the
/// dropout that it had. Gradients have the bits of the ordinary backward pass.</summary>
sealed class Recomputation : IDisposable
{
    readonly LanguageModel model;
    readonly Precision precision;
    readonly List<Pass> passes = [];

    public Recomputation(LanguageModel model, Precision precision)
    {
        if (model.Device.type != DeviceType.CPU)
            throw new NotSupportedException($"Activation checkpointing runs on the CPU alone, but the model is on {model.Device}, whose state of random numbers cannot be kept: leave it out, or take smaller micro-batches.");
        (this.model, this.precision) = (model, precision);
        model.Recomputation = this;
    }

    sealed record Pass(Tensor[] Inputs, Tensor[] Kept, Tensor[] Random);

    /// <summary>As the model's hidden, with a gradient that only <see cref="Backward"/> takes further.</summary>
    public Tensor Hidden(Tensor[] inputs)
    {
        var pass = new Pass(inputs, new Tensor[model.Config.Segments], new Tensor[model.Config.Segments]);
        for (var i = 0; i < pass.Kept.Length; i++)
        {
            pass.Random[i] = random.get_rng_state();
            using var scope = NewDisposeScope();
            // With the graph, which is dropped at once: without one libtorch may take another kernel.
            pass.Kept[i] = model.Segment(inputs, pass.Kept[..i], i).detach().requires_grad_(true).MoveToOuterDisposeScope();
        }
        passes.Add(pass);
        return pass.Kept[^1];
    }

    /// <summary>Adds the gradient of a loss, computed from what <see cref="Hidden"/> gave, to the parameters'.</summary>
    public void Backward(Tensor loss)
    {
        // Where both the first segment and the output layer use the embedding, its parts are added up before they are added to what is there, as autograd does.
        var embedding = model.Parameters.Views[0];
        var sum = embedding.grad;
        embedding.grad = null;
        loss.backward();
        for (var pass = passes.Count - 1; pass >= 0; pass--)
        {
            for (var i = passes[pass].Kept.Length - 1; i >= 0; i--)
                Again(passes[pass], i);
        }
        passes.Clear();
        if (sum is null)
            return;
        using var noGradient = no_grad();
        if (embedding.grad is { } its)
            Arithmetic.Add(sum, its);
        embedding.grad = sum;
    }

    void Again(Pass pass, int i)
    {
        using var scope = NewDisposeScope();
        random.set_rng_state(pass.Random[i]);
        Tensor again;
        using (Autocast.For(precision))
            again = model.Segment(pass.Inputs, pass.Kept[..i], i);
        // Nothing below may be trained at all.
        if (again.requires_grad && pass.Kept[i].grad is { } gradient)
            again.backward([gradient]);
        pass.Kept[i].Dispose();
        pass.Random[i].Dispose();
    }

    public void Dispose() => model.Recomputation = null;
}
