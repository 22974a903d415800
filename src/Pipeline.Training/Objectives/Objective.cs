using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Objectives;

/// <summary>What training minimises: a batch's summed loss and the weight it is summed over. Whatever is reported or optimised is sum of sums / sum of weights,
/// over micro-shards, ranks and evaluation alike, so that none of these changes its value.</summary>
public abstract class Objective<TBatch> : IDisposable
{
    /// <summary>What <see cref="Sums"/> returns beside the loss, in order.</summary>
    public virtual IReadOnlyList<string> Extras => [];

    /// <summary>What is trained.</summary>
    public abstract LanguageModel Model { get; }

    public abstract double Weight(TBatch batch);

    /// <summary>Tokens that the model reads, padding included: what speed is counted in.</summary>
    public abstract long Tokens(TBatch batch);

    /// <summary>[1 + extras] sums over the batch; the first is the loss and, in training, differentiable.</summary>
    public abstract Tensor Sums(TBatch batch, bool training);

    public abstract void Dispose();
}
