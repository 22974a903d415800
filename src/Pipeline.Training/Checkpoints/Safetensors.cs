using static TorchSharp.torch;

namespace Pipeline.Training.Checkpoints;

/// <summary>Whole files of named tensors.</summary>
public static class Safetensors
{
    /// <summary>As Hugging Face's libraries call the weights of a model.</summary>
    public const string FileName = "model.safetensors";

    /// <summary>
    /// Writes the tensors in the order given: same tensors, names, order and metadata, same bytes. The file appears complete and on disk, or not at all.
    /// </summary>
    public static void Write(string path, IReadOnlyList<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var header = SafetensorsLayout.Header([.. tensors.Select(tensor => Describe(tensor.Name, tensor.Value))], metadata);
        DurableFile.Write(path, file =>
        {
            file.Write(header);
            foreach (var (_, value) in tensors)
            {
                using var scope = NewDisposeScope();
                TensorBytes.ForEachChunk(value.detach().cpu().contiguous(), chunk => file.Write(chunk));
            }
        });
    }

    /// <summary>All tensors of a file, on the CPU, in the caller's dispose scope. Where parameters exist already, <see cref="SafetensorsFile.ReadInto"/> saves a copy.</summary>
    /// <exception cref="InvalidDataException">The file breaks the format; the message names file and tensor.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string path)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(path);
        return file.Header.Tensors.ToDictionary(entry => entry.Name, entry => file.Read(entry.Name).MoveToOuterDisposeScope(), StringComparer.Ordinal);
    }

    private static (string, SafetensorsDtype, long[]) Describe(string name, Tensor tensor) =>
        (name, SafetensorsDtypes.Of(tensor.dtype) ?? throw new ArgumentException($"tensor '{name}' is {tensor.dtype}, which safetensors files here cannot hold ({SafetensorsDtypes.Names})"), tensor.shape);
}
