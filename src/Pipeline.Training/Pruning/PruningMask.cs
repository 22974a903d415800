using Pipeline.Training.Checkpoints;
using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Pruning;

/// <summary>Which weights of a model are removed.</summary>
/// <param name="tensors">By parameter name, each in the parameter's shape, true where a weight is removed. Owned by the mask.</param>
public sealed class PruningMask(IReadOnlyList<(string Name, Tensor Removed)> tensors) : IDisposable
{
    public const string FileName = "mask.safetensors";

    public IReadOnlyList<(string Name, Tensor Removed)> Tensors => tensors;

    public void Write(string path) => Safetensors.Write(path, tensors);

    /// <exception cref="InvalidDataException">The file is no mask.</exception>
    public static PruningMask Read(string path)
    {
        using var file = SafetensorsFile.Open(path);
        if (file.Header.Tensors.FirstOrDefault(entry => entry.Dtype != SafetensorsDtype.BOOL) is { } other)
            throw new InvalidDataException($"{path}: '{other.Name}' is {other.Dtype}, and a mask holds BOOL alone.");
        return new([.. file.Header.Tensors.Select(entry => (entry.Name, file.Read(entry.Name).DetachFromDisposeScope()))]);
    }

    /// <summary>Sets the removed weights to 0; from now on a training leaves them there.</summary>
    /// <exception cref="ArgumentException">It is the mask of another model.</exception>
    public void Hold(LanguageModel model)
    {
        var layout = model.Parameters.Layout.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        foreach (var (name, removed) in tensors)
        {
            if (!layout.TryGetValue(name, out var parameter))
                throw new ArgumentException($"The mask is of another model: this one has no parameter '{name}'.");
            if (!parameter.Shape.SequenceEqual(removed.shape))
                throw new ArgumentException($"The mask is of another model: its '{name}' is [{string.Join(", ", removed.shape)}], and this one's [{string.Join(", ", parameter.Shape)}].");
        }
        model.Parameters.HoldAtZero(tensors);
    }

    public void Dispose()
    {
        foreach (var (_, removed) in tensors)
            removed.Dispose();
    }
}
