using static TorchSharp.torch;

namespace Pipeline.Training.Distributed;

/// <summary>Ranks of one MPI job. Calls come from one thread at a time.</summary>
public sealed unsafe class MpiCollective : ICollective
{
    private const int BroadcastBytes = 1 << 28;

    private readonly MpiLibrary _mpi;
    private readonly ShardExchange _exchange;
    private bool _finished;

    private MpiCollective(MpiLibrary mpi, int rank, int size)
    {
        (_mpi, Rank, Size) = (mpi, rank, size);
        _exchange = new ShardExchange(mpi, rank, size);
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

    public void SumShards(Tensor total, IReadOnlyList<Tensor> subtrees, int shards)
    {
        using var scope = NewDisposeScope();
        var plan = new ReductionPlan(shards, Size);
        if (subtrees.Count != plan.Held[Rank]) throw new ArgumentException($"rank {Rank} of {Size} has {plan.Held[Rank]} subtrees of {shards} shards, not {subtrees.Count}");
        if (subtrees.Any(tensor => tensor.numel() != total.numel() || tensor.dtype != total.dtype)) throw new ArgumentException("the subtrees' sums differ from the total in size or type");
        if (total.dtype is not (ScalarType.Float32 or ScalarType.Float64)) throw new ArgumentException($"a sum over ranks takes float32 or float64, not {total.dtype}");
        var count = total.numel();
        if (count == 0) return;
        var to = Address(Flat(total));
        var from = subtrees.Select(tensor => Address(Flat(tensor))).ToArray();
        if (total.dtype == ScalarType.Float32) _exchange.Sum((float*)to, from, count, plan);
        else _exchange.Sum((double*)to, from, count, plan);
    }

    public void AllReduceSum(Span<double> values)
    {
        if (Size == 1 || values.IsEmpty) return;
        fixed (double* buffer = values) _exchange.Sum(buffer, [(nint)buffer], values.Length, new ReductionPlan(Size, Size));
    }

    public void Broadcast(Tensor tensor, int root)
    {
        if (root < 0 || root >= Size) throw new ArgumentOutOfRangeException(nameof(root), $"rank {root} is none of the {Size} ranks");
        using var scope = NewDisposeScope();
        var flat = Flat(tensor);
        var bytes = flat.numel() * flat.ElementSize;
        for (long start = 0; start < bytes; start += BroadcastBytes) _mpi.Broadcast((byte*)Address(flat) + start, (int)Math.Min(BroadcastBytes, bytes - start), root);
    }

    public void Barrier() => _mpi.Barrier();

    /// <summary>Waits for the other ranks, and leaves. After a failure use <see cref="Abort"/>: the others would wait for ever.</summary>
    public void Dispose()
    {
        if (_finished) return;
        _finished = true;
        _mpi.Finish();
        _exchange.Dispose();
    }

    /// <summary>Ends every rank of the job at once, this process included.</summary>
    internal void Abort(int exitCode)
    {
        _finished = true;
        _mpi.Abort(exitCode);
    }

    /// <summary>In the caller's scope, which keeps the memory in place.</summary>
    private static Tensor Flat(Tensor tensor)
    {
        if (tensor.device_type != TorchSharp.DeviceType.CPU || !tensor.is_contiguous())
            throw new ArgumentException($"MPI works on contiguous tensors on the CPU, not on {tensor.device}{(tensor.is_contiguous() ? "" : ", not contiguous")}");
        return tensor.detach().view(-1);
    }

    private static nint Address(Tensor flat)
    {
        // Of the first element: a span cannot hold more than 2 GB.
        fixed (byte* first = flat.narrow(0, 0, 1).bytes) return (nint)first;
    }
}
