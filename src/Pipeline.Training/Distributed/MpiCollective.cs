using System.Numerics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Pipeline.Training.Distributed;

/// <summary>
/// Ranks of one MPI job. A sum is made by the owner of each segment in the order of <see cref="PairwiseTree"/> over ranks and handed to all, so that every rank
/// holds the same bits and MPI's own choice of algorithm has no say in them. Calls come from one thread at a time.
/// </summary>
public sealed unsafe class MpiCollective : ICollective
{
    /// <summary>Of a tensor that is summed in one exchange: small enough for the cache, large enough to hide the latency.</summary>
    private const int ChunkBytes = 4 << 20;

    private readonly MpiLibrary _mpi;
    private readonly byte* _scratch;
    private readonly int* _layout;
    private bool _finished;

    private MpiCollective(MpiLibrary mpi, int rank, int size)
    {
        (_mpi, Rank, Size) = (mpi, rank, size);
        // A segment may be an element longer than its share.
        _scratch = (byte*)NativeMemory.AlignedAlloc(ChunkBytes + (nuint)(size * sizeof(double)), 64);
        _layout = (int*)NativeMemory.Alloc((nuint)(4 * size), sizeof(int));
    }

    public int Rank { get; }

    public int Size { get; }

    /// <summary>Joins the job whose launcher started this process; alone, the job has one rank.</summary>
    /// <exception cref="MpiException">No MPI, or another one than the launcher's.</exception>
    internal static MpiCollective Start()
    {
        var mpi = Mpi.LoadForRank();
        var (rank, size) = mpi.Start();
        if (Mpi.LaunchedSize() is { } launched && launched != size)
            throw new MpiException($"the launcher started {launched} ranks but {mpi.Version()} sees {size}: launcher and library are of different MPIs. Set {Mpi.ChoiceVariable} to openmpi or mpich.");
        return new MpiCollective(mpi, rank, size);
    }

    public void AllReduceSum(Tensor tensor)
    {
        if (Size == 1) return;
        using var scope = NewDisposeScope();
        var flat = Flat(tensor);
        var perChunk = ChunkBytes / (int)flat.ElementSize;
        for (long start = 0, count = flat.numel(); start < count; start += perChunk)
        {
            using var piece = flat.narrow(0, start, Math.Min(perChunk, count - start));
            if (flat.dtype == ScalarType.Float32) SumChunk(MemoryMarshal.Cast<byte, float>(piece.bytes));
            else if (flat.dtype == ScalarType.Float64) SumChunk(MemoryMarshal.Cast<byte, double>(piece.bytes));
            else throw new ArgumentException($"a sum over ranks takes float32 or float64, not {flat.dtype}");
        }
    }

    public void AllReduceSum(Span<double> values)
    {
        if (Size == 1) return;
        while (!values.IsEmpty)
        {
            var chunk = values[..Math.Min(values.Length, ChunkBytes / sizeof(double))];
            SumChunk(chunk);
            values = values[chunk.Length..];
        }
    }

    public void Broadcast(Tensor tensor, int root)
    {
        if (root < 0 || root >= Size) throw new ArgumentOutOfRangeException(nameof(root), $"rank {root} is none of the {Size} ranks");
        if (Size == 1) return;
        using var scope = NewDisposeScope();
        var flat = Flat(tensor);
        var perChunk = ChunkBytes / flat.ElementSize;
        for (long start = 0, count = flat.numel(); start < count; start += perChunk)
        {
            using var piece = flat.narrow(0, start, Math.Min(perChunk, count - start));
            fixed (byte* bytes = piece.bytes) _mpi.Broadcast(bytes, piece.bytes.Length, root);
        }
    }

    public void Barrier() => _mpi.Barrier();

    /// <summary>Waits for the other ranks, and leaves. After a failure use <see cref="Abort"/>: the others would wait for ever.</summary>
    public void Dispose()
    {
        if (_finished) return;
        _finished = true;
        _mpi.Finish();
        NativeMemory.AlignedFree(_scratch);
        NativeMemory.Free(_layout);
    }

    /// <summary>Ends every rank of the job at once, this process included.</summary>
    internal void Abort(int exitCode)
    {
        _finished = true;
        _mpi.Abort(exitCode);
    }

    private static Tensor Flat(Tensor tensor)
    {
        if (tensor.device_type != TorchSharp.DeviceType.CPU || !tensor.is_contiguous())
            throw new ArgumentException($"MPI works on contiguous tensors on the CPU, not on {tensor.device}{(tensor.is_contiguous() ? "" : ", not contiguous")}");
        return tensor.detach().view(-1);
    }

    /// <summary>Rank j sums segment j of everyone; then everyone collects the sums.</summary>
    private void SumChunk<T>(Span<T> values)
        where T : unmanaged, INumber<T>
    {
        int* counts = _layout, displacements = counts + Size, receivedCounts = displacements + Size, receivedDisplacements = receivedCounts + Size;
        int Bound(int segment, int length) => (int)((long)length * segment / Size);
        var own = Bound(Rank + 1, values.Length) - Bound(Rank, values.Length);
        for (var j = 0; j < Size; j++)
        {
            displacements[j] = Bound(j, values.Length) * sizeof(T);
            counts[j] = (Bound(j + 1, values.Length) * sizeof(T)) - displacements[j];
            receivedDisplacements[j] = j * own * sizeof(T);
            receivedCounts[j] = own * sizeof(T);
        }

        fixed (T* buffer = values)
        {
            _mpi.AllToAll((byte*)buffer, counts, displacements, _scratch, receivedCounts, receivedDisplacements);
            var pieces = new Span<T>(_scratch, own * Size);
            PairwiseTree.SumInto(pieces, Size);
            pieces[..own].CopyTo(values.Slice(Bound(Rank, values.Length), own));
            _mpi.AllGatherInPlace((byte*)buffer, counts, displacements);
        }
    }
}
