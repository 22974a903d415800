using static TorchSharp.torch;

namespace Pipeline.Training.Models;

/// <summary>Keys and values of the tokens that a decoder has read, so that it reads only what is new: a pair of [B, heads, capacity, width of a head] for each layer, filled up to
/// <see cref="Length"/>. Nothing is kept beyond a model's context: there each further token changes what all others mean.</summary>
sealed class KeyValueCache : IDisposable
{
    public KeyValueCache(LanguageModel model, int rows, int capacity)
    {
        var shape = model.Config.Cache ?? throw new InvalidOperationException($"The {model.Config.Architecture} architecture keeps no keys and values.");
        Tensors = new Tensor[2 * shape.Layers];
        for (var i = 0; i < Tensors.Length; i++)
            Tensors[i] = empty([rows, shape.Heads, capacity, shape.HeadWidth], device: model.Device).DetachFromDisposeScope();
    }

    public Tensor[] Tensors { get; }

    public int Length { get; set; }

    /// <summary>Leaves the other rows out.</summary>
    public void Keep(Tensor rows)
    {
        for (var i = 0; i < Tensors.Length; i++)
        {
            var kept = Tensors[i].index_select(0, rows).DetachFromDisposeScope();
            Tensors[i].Dispose();
            Tensors[i] = kept;
        }
    }

    public void Dispose()
    {
        foreach (var tensor in Tensors)
            tensor.Dispose();
    }
}
