using System.Text.Json;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Distributed;
using static TorchSharp.torch;

namespace Pipeline.Training;

/// <summary>Brings every rank to where an earlier run stood. Only the first rank reads; the others are told, so they need not see its disk.</summary>
static class Resumption
{
    /// <param name="tensors">By name, filled in place; those that the checkpoint lacks keep their values.</param>
    public static TrainingState? From(RunFiles files, IReadOnlyList<(string Name, Tensor Value)> tensors, ICollective ranks, Action<string> warn)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var found = ranks.Rank == 0 ? files.Newest(warn) : null;
        foreach (var (name, value) in tensors)
        {
            if (found?.Tensors.GetValueOrDefault(name) is not { } saved)
                continue;
            if (!saved.shape.SequenceEqual(value.shape))
                throw new InvalidDataException($"The checkpoint's {name} has {saved.numel()} elements, the model's {value.numel()}.");
            value.copy_(saved);
        }
        return Share(found?.State, tensors, ranks);
    }

    static TrainingState? Share(TrainingState? state, IReadOnlyList<(string Name, Tensor Value)> tensors, ICollective ranks)
    {
        if (ranks.Size == 1)
            return state;
        var json = state is null ? [] : JsonSerializer.SerializeToUtf8Bytes(state);
        var length = tensor((long)json.Length);
        ranks.Broadcast(length, root: 0);
        var bytes = zeros(length.item<long>(), dtype: ScalarType.Byte);
        json.CopyTo(bytes.bytes);
        if (length.item<long>() > 0)
            ranks.Broadcast(bytes, root: 0);
        foreach (var (_, value) in tensors)
        {
            var onCpu = value.cpu();
            ranks.Broadcast(onCpu, root: 0);
            if (!ReferenceEquals(onCpu, value))
                value.copy_(onCpu);
        }
        return bytes.numel() == 0 ? null : JsonSerializer.Deserialize<TrainingState>(bytes.bytes);
    }
}
