using System.Numerics;
using System.Runtime.InteropServices;

namespace Pipeline.Training.Distributed;

/// <summary>
/// Sums over ranks, chunk by chunk: each rank owns a segment of the chunk, receives it of every subtree, adds in tree order, and hands the sum to all. MPI only moves
/// bytes, so its own choice of algorithm has no say in the bits.
/// </summary>
internal sealed unsafe class ShardExchange(MpiLibrary mpi, int rank, int size) : IDisposable
{
    /// <summary>Of one subtree in one exchange: small enough for the cache, large enough to hide the latency.</summary>
    private const int ChunkBytes = 4 << 20;

    private const int Alignment = 64;

    private readonly int* _layout = (int*)NativeMemory.Alloc((nuint)(4 * size), sizeof(int));
    private byte* _scratch;
    private long _capacity;

    /// <param name="subtrees">Addresses of this rank's subtrees' sums, each of <paramref name="count"/> elements.</param>
    public void Sum<T>(T* total, ReadOnlySpan<nint> subtrees, long count, ReductionPlan plan)
        where T : unmanaged, INumber<T>
    {
        var perChunk = ChunkBytes / sizeof(T);
        for (long start = 0; start < count; start += perChunk) SumChunk(total + start, subtrees, start, (int)Math.Min(perChunk, count - start), plan);
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_scratch);
        NativeMemory.Free(_layout);
        _scratch = null;
    }

    private void SumChunk<T>(T* total, ReadOnlySpan<nint> subtrees, long start, int length, ReductionPlan plan)
        where T : unmanaged, INumber<T>
    {
        int Bound(int segment) => (int)((long)length * segment / size);
        int* sentCounts = _layout, sentAt = sentCounts + size, receivedCounts = sentAt + size, receivedAt = receivedCounts + size;
        var own = Bound(rank + 1) - Bound(rank);
        var place = 0;
        for (var j = 0; j < size; j++)
        {
            (sentAt[j], sentCounts[j]) = (Bound(j) * subtrees.Length * sizeof(T), (Bound(j + 1) - Bound(j)) * subtrees.Length * sizeof(T));
            (receivedAt[j], receivedCounts[j]) = (place * own * sizeof(T), plan.Held[j] * own * sizeof(T));
            place += plan.Held[j];
        }

        var received = new Span<T>(Scratch((long)sizeof(T) * ((plan.Subtrees.Count * own) + Alignment + (subtrees.Length * length))), plan.Subtrees.Count * own);
        // One subtree, the usual case, is sent from where it is.
        var sent = subtrees.Length == 1 ? (T*)subtrees[0] + start : Pack((T*)_scratch + received.Length + Alignment, subtrees, start, length);
        mpi.AllToAll((byte*)sent, sentCounts, sentAt, _scratch, receivedCounts, receivedAt);
        PairwiseTree.Sum(received, plan.Subtrees);
        received[..own].CopyTo(new Span<T>(total + Bound(rank), own));

        for (var j = 0; j < size; j++) (receivedAt[j], receivedCounts[j]) = (Bound(j) * sizeof(T), (Bound(j + 1) - Bound(j)) * sizeof(T));
        mpi.AllGatherInPlace((byte*)total, receivedCounts, receivedAt);
    }

    /// <summary>For each rank, its segment of every subtree.</summary>
    private T* Pack<T>(T* packed, ReadOnlySpan<nint> subtrees, long start, int length)
        where T : unmanaged
    {
        var to = packed;
        for (var j = 0; j < size; j++)
        {
            var (from, end) = ((long)length * j / size, (long)length * (j + 1) / size);
            foreach (var subtree in subtrees)
            {
                new ReadOnlySpan<T>((T*)subtree + start + from, (int)(end - from)).CopyTo(new Span<T>(to, (int)(end - from)));
                to += end - from;
            }
        }

        return packed;
    }

    private byte* Scratch(long bytes)
    {
        if (bytes <= _capacity) return _scratch;
        NativeMemory.AlignedFree(_scratch);
        _scratch = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        _capacity = bytes;
        return _scratch;
    }
}
