using Pipeline.Training.Checkpoints;
using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Exporting;

/// <summary>The tensors of a model as found in files: all there, none unknown, each of the shape and a type that the model needs. Nothing is read before that is sure.</summary>
sealed class ModelTensors
{
    const int MostNamed = 3;

    static readonly SafetensorsDtype[] Read = [SafetensorsDtype.F32, SafetensorsDtype.BF16, SafetensorsDtype.F16, SafetensorsDtype.F64];

    readonly SafetensorsFolder files;
    readonly IReadOnlyList<StoredTensor> tensors;

    ModelTensors(SafetensorsFolder files, IReadOnlyList<StoredTensor> tensors) => (this.files, this.tensors) = (files, tensors);

    /// <exception cref="InvalidDataException">A tensor is missing, of another shape or type, or unknown; the message names it.</exception>
    public static ModelTensors Of(ModelFormat format, ModelConfig config, SafetensorsFolder files)
    {
        var expected = format.Tensors(config);
        IReadOnlyList<StoredTensor> tensors = [.. expected.Select(tensor => files.Contains(tensor.Name) ? tensor : tensor with { Name = Elsewhere(tensor) ?? tensor.Name })];

        // Of tensors that are one, a file may have kept either.
        string? Elsewhere(StoredTensor absent) =>
            format.OtherNames(absent.Name).FirstOrDefault(files.Contains) ?? expected.FirstOrDefault(tensor => tensor.Repeats && tensor.Parameter == absent.Parameter && files.Contains(tensor.Name))?.Name;

        var faults = new List<string>();
        var missing = tensors.Where(tensor => !tensor.Repeats && !files.Contains(tensor.Name)).Select(tensor => tensor.Name).ToList();
        if (missing.Count > 0)
            faults.Add($"{Count(missing.Count, "is", "are")} missing of {format.Name} as {ModelFolder.Config} describes it: {Named(missing)}");
        var known = tensors.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        var unknown = files.Entries.Select(entry => entry.Name).Where(name => !known.Contains(name) && !format.Ignores(name)).Order(StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
            faults.Add($"{Count(unknown.Count, "is", "are")} no part of it: {Named(unknown)}");
        var there = tensors.Where(tensor => files.Contains(tensor.Name)).ToList();
        faults.AddRange(Some(there.Where(tensor => !files.Entry(tensor.Name).Shape.SequenceEqual(tensor.Shape))
            .Select(tensor => $"'{tensor.Name}' has shape [{string.Join(", ", files.Entry(tensor.Name).Shape)}], expected [{string.Join(", ", tensor.Shape)}]")));
        faults.AddRange(Some(there.Where(tensor => !Read.Contains(files.Entry(tensor.Name).Dtype))
            .Select(tensor => $"'{tensor.Name}' is of type {files.Entry(tensor.Name).Dtype}, and weights of {string.Join(", ", Read)} are read: quantised ones are not")));
        return faults.Count == 0 ? new(files, there) : throw new InvalidDataException($"{files.Path}: {string.Join("; ", faults)}");
    }

    public void ReadInto(LanguageModel model)
    {
        using var noGradient = no_grad();
        foreach (var tensor in tensors.Where(tensor => !tensor.Repeats))
        {
            using var scope = NewDisposeScope();
            files.ReadInto(tensor.Name, tensor.On(model));
        }
        foreach (var tensor in tensors.Where(tensor => tensor.Repeats))
        {
            using var scope = NewDisposeScope();
            if (!files.Read(tensor.Name).to_type(ScalarType.Float32).equal(tensor.On(model).cpu()).all().item<bool>())
                throw new InvalidDataException($"{files.Path}: '{tensor.Name}' differs from the embedding, though {ModelFolder.Config} says that the output layer is tied to it");
        }
    }

    static string Count(int count, string one, string many) => count == 1 ? $"1 tensor {one}" : $"{count} tensors {many}";

    static string Named(List<string> names) => string.Join(", ", names.Take(MostNamed).Select(SafetensorsJson.Shown)) + (names.Count > MostNamed ? ", …" : "");

    static List<string> Some(IEnumerable<string> faults)
    {
        var all = faults.ToList();
        return all.Count > MostNamed ? [.. all.Take(MostNamed), $"and so {all.Count - MostNamed} more"] : all;
    }
}
