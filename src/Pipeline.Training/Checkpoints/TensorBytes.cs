using static TorchSharp.torch;

namespace Pipeline.Training.Checkpoints;

/// <summary>A tensor's memory, in pieces that fit a span.</summary>
internal static class TensorBytes
{
    private const long ElementsPerChunk = 1 << 24;

    public delegate void OnChunk(Span<byte> bytes);

    /// <summary>In order, the memory of a contiguous tensor on the CPU.</summary>
    public static void ForEachChunk(Tensor contiguous, OnChunk onChunk)
    {
        using var scope = NewDisposeScope();
        var flat = contiguous.view(-1);
        for (long start = 0, count = flat.numel(); start < count; start += ElementsPerChunk)
        {
            using var piece = flat.narrow(0, start, Math.Min(ElementsPerChunk, count - start));
            onChunk(piece.bytes);
        }
    }
}
