using System.Runtime.InteropServices;
using System.Text;

namespace Pipeline.Training.Distributed;

/// <summary>
/// The few functions of MPI that are used, from whichever implementation is on the machine. One binding serves both because a handle is a <c>nint</c> in each:
/// the address of an exported object in Open MPI, a constant in MPICH (mpi.h of either).
/// </summary>
internal sealed unsafe class MpiLibrary
{
    private const int ThreadSerialized = 2;
    private const int MaximumText = 8192;

    private readonly nint _library;
    private readonly nint _world;
    private readonly nint _byte;
    private readonly nint _errorsReturn;
    private readonly nint _inPlace;
    private readonly delegate* unmanaged<void*, int, nint, int, nint, int> _broadcast;
    private readonly delegate* unmanaged<void*, int*, int*, nint, void*, int*, int*, nint, nint, int> _allToAll;
    private readonly delegate* unmanaged<nint, int, nint, void*, int*, int*, nint, nint, int> _allGather;
    private readonly delegate* unmanaged<nint, int> _barrier;

    private MpiLibrary(MpiImplementation implementation, nint library)
    {
        Implementation = implementation;
        _library = library;
        (_world, _byte, _errorsReturn, _inPlace) = implementation == MpiImplementation.OpenMpi
            ? (Export("ompi_mpi_comm_world"), Export("ompi_mpi_byte"), Export("ompi_mpi_errors_return"), 1)
            : (0x44000000, 0x4c00010d, 0x54000001, -1);
        _broadcast = (delegate* unmanaged<void*, int, nint, int, nint, int>)Export("MPI_Bcast");
        _allToAll = (delegate* unmanaged<void*, int*, int*, nint, void*, int*, int*, nint, nint, int>)Export("MPI_Alltoallv");
        _allGather = (delegate* unmanaged<nint, int, nint, void*, int*, int*, nint, nint, int>)Export("MPI_Allgatherv");
        _barrier = (delegate* unmanaged<nint, int>)Export("MPI_Barrier");
    }

    public MpiImplementation Implementation { get; }

    /// <summary>Null where the implementation is not installed.</summary>
    public static MpiLibrary? TryLoad(MpiImplementation implementation) =>
        NativeLibrary.TryLoad(implementation == MpiImplementation.OpenMpi ? "libmpi.so.40" : "libmpich.so.12", out var library) ? new(implementation, library) : null;

    /// <summary>The first line of what the library says of itself; may be asked before <see cref="Start"/>.</summary>
    public string Version()
    {
        var text = stackalloc byte[MaximumText];
        int length;
        ((delegate* unmanaged<byte*, int*, int>)Export("MPI_Get_library_version"))(text, &length);
        return Encoding.UTF8.GetString(text, length).Split('\n')[0].Trim('\0', ' ', '\t').Replace('\t', ' ');
    }

    /// <summary>Joins the job: any thread may then call, one at a time.</summary>
    public (int Rank, int Size) Start()
    {
        int provided, rank, size;
        Check(((delegate* unmanaged<void*, void*, int, int*, int>)Export("MPI_Init_thread"))(null, null, ThreadSerialized, &provided), "MPI_Init_thread");
        if (provided < ThreadSerialized) throw new MpiException($"{Version()} was built without threads (level {provided}, {ThreadSerialized} is needed)");
        Check(((delegate* unmanaged<nint, nint, int>)Export("MPI_Comm_set_errhandler"))(_world, _errorsReturn), "MPI_Comm_set_errhandler");
        Check(((delegate* unmanaged<nint, int*, int>)Export("MPI_Comm_rank"))(_world, &rank), "MPI_Comm_rank");
        Check(((delegate* unmanaged<nint, int*, int>)Export("MPI_Comm_size"))(_world, &size), "MPI_Comm_size");
        return (rank, size);
    }

    /// <summary>Sends <paramref name="counts"/>[j] bytes from <paramref name="displacements"/>[j] to each rank j; receives from each as the second pair says.</summary>
    public void AllToAll(byte* from, int* counts, int* displacements, byte* to, int* receivedCounts, int* receivedDisplacements) =>
        Check(_allToAll(from, counts, displacements, _byte, to, receivedCounts, receivedDisplacements, _byte, _world), "MPI_Alltoallv");

    /// <summary>Every rank's own piece of the buffer reaches all the others' buffers, at the same place.</summary>
    public void AllGatherInPlace(byte* buffer, int* counts, int* displacements) =>
        Check(_allGather(_inPlace, 0, _byte, buffer, counts, displacements, _byte, _world), "MPI_Allgatherv");

    public void Broadcast(byte* buffer, int count, int root) => Check(_broadcast(buffer, count, _byte, root, _world), "MPI_Bcast");

    public void Barrier() => Check(_barrier(_world), "MPI_Barrier");

    public void Finish() => Check(((delegate* unmanaged<int>)Export("MPI_Finalize"))(), "MPI_Finalize");

    /// <summary>Ends every rank of the job, this process included.</summary>
    public void Abort(int exitCode) => _ = ((delegate* unmanaged<nint, int, int>)Export("MPI_Abort"))(_world, exitCode);

    private void Check(int code, string function)
    {
        if (code == 0) return;
        var text = stackalloc byte[MaximumText];
        int length;
        ((delegate* unmanaged<int, byte*, int*, int>)Export("MPI_Error_string"))(code, text, &length);
        throw new MpiException($"{function}: {Encoding.UTF8.GetString(text, length)} (code {code})");
    }

    private nint Export(string name) => NativeLibrary.GetExport(_library, name);
}
