using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pipeline.Data.Sorting;

/// <summary>Sorted records in a file: blocks of a count, a checksum (XXH3) and that many records; a block of none ends it, so a run that is cut short is seen too.</summary>
internal sealed class RunWriter<T>(string path) : IDisposable
    where T : unmanaged
{
    public const int BlockBytes = 64 << 10;
    public const int HeaderBytes = 12;

    private readonly FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
    private readonly T[] block = new T[BlockRecords];
    private int count;

    public static int BlockRecords => BlockBytes / Unsafe.SizeOf<T>();

    public void Add(T record)
    {
        block[count++] = record;
        if (count == block.Length) Flush();
    }

    public void Add(ReadOnlySpan<T> records)
    {
        foreach (var record in records) Add(record);
    }

    public void Complete()
    {
        if (count > 0) Flush();
        Flush();
    }

    public void Dispose() => file.Dispose();

    private void Flush()
    {
        var bytes = MemoryMarshal.AsBytes(block.AsSpan(0, count));
        Span<byte> header = stackalloc byte[HeaderBytes];
        BinaryPrimitives.WriteInt32LittleEndian(header, count);
        BinaryPrimitives.WriteUInt64LittleEndian(header[4..], XxHash3.HashToUInt64(bytes, count));
        file.Write(header);
        file.Write(bytes);
        count = 0;
    }
}

/// <summary>Sorted records from memory, or from a run block by block.</summary>
internal sealed class SortSource<T> : IDisposable
    where T : unmanaged
{
    private readonly FileStream? file;
    private readonly string path = "";
    private readonly T[] block;
    private int at;
    private int end;

    public SortSource(T[] records, int from, int to) => (block, at, end) = (records, from - 1, to);

    public SortSource(string path)
    {
        this.path = path;
        block = new T[RunWriter<T>.BlockRecords];
        try
        {
            file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        }
        catch (FileNotFoundException e)
        {
            throw new DamagedRunException(path, "is gone", e);
        }

        at = -1;
    }

    public ref readonly T Current => ref block[at];

    public bool Next() => ++at < end || (file is not null && Read());

    public void Dispose() => file?.Dispose();

    private bool Read()
    {
        Span<byte> header = stackalloc byte[RunWriter<T>.HeaderBytes];
        try
        {
            file!.ReadExactly(header);
            var count = BinaryPrimitives.ReadInt32LittleEndian(header);
            if (count < 0 || count > block.Length) throw new DamagedRunException(path, $"a block claims {count} records");
            var bytes = MemoryMarshal.AsBytes(block.AsSpan(0, count));
            file.ReadExactly(bytes);
            if (XxHash3.HashToUInt64(bytes, count) != BinaryPrimitives.ReadUInt64LittleEndian(header[4..])) throw new DamagedRunException(path, "a checksum is wrong");
            (at, end) = (0, count);
            return count > 0;
        }
        catch (EndOfStreamException e)
        {
            throw new DamagedRunException(path, "ends too soon", e);
        }
    }
}
