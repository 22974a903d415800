using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pipeline.Data.Sorting;

/// <summary>Records in a file: blocks of a count, a checksum (XXH3) and that many records, after a first block of bytes; a block of none ends it, so a run that is cut short is seen too.</summary>
internal sealed class RunWriter<T> : IDisposable
    where T : unmanaged
{
    private readonly FileStream file;
    private readonly T[] block = new T[BlockRecords];
    private int count;

    /// <param name="preface">The first block: whatever goes with the records.</param>
    public RunWriter(string path, ReadOnlySpan<byte> preface = default)
    {
        file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 1);
        RunBlock.Write(file, preface.Length, preface);
    }

    public static int BlockRecords => RunBlock.Bytes / Unsafe.SizeOf<T>();

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
        RunBlock.Write(file, count, MemoryMarshal.AsBytes(block.AsSpan(0, count)));
        count = 0;
    }
}

/// <summary>Records from memory, or from a run block by block.</summary>
internal sealed class SortSource<T> : IDisposable
    where T : unmanaged
{
    private readonly FileStream? file;
    private readonly string path = "";
    private readonly Action<Span<T>>? change;
    private readonly T[] block;
    private int at;
    private int end;

    public SortSource(T[] records, int from, int to) => (block, at, end) = (records, from - 1, to);

    /// <param name="change">Called with each block that was read; must leave the order.</param>
    /// <exception cref="DamagedRunException">Also from <see cref="Next"/>.</exception>
    public SortSource(string path, Action<Span<T>>? change = null)
    {
        (this.path, this.change) = (path, change);
        block = new T[RunWriter<T>.BlockRecords];
        try
        {
            file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1);
        }
        catch (FileNotFoundException e)
        {
            throw new DamagedRunException(path, "is gone", e);
        }

        at = -1;
        Preface = RunBlock.ReadBytes(file, path);
    }

    /// <summary>Of a run.</summary>
    public byte[] Preface { get; } = [];

    public ref readonly T Current => ref block[at];

    public bool Next() => ++at < end || (file is not null && Read());

    public void Dispose() => file?.Dispose();

    private bool Read()
    {
        var count = RunBlock.Read(file!, path, block.Length, count => MemoryMarshal.AsBytes(block.AsSpan(0, count)));
        (at, end) = (0, count);
        change?.Invoke(block.AsSpan(0, count));
        return count > 0;
    }
}

/// <summary>A count, a checksum over it and the content, and the content.</summary>
internal static class RunBlock
{
    /// <summary>Of the records of one, at most.</summary>
    public const int Bytes = 64 << 10;

    private const int HeaderBytes = 12;
    private const int MostBytes = 1 << 30;

    /// <summary>Gives the room for a block of so many records.</summary>
    public delegate Span<byte> Room(int count);

    public static void Write(FileStream file, int count, ReadOnlySpan<byte> content)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        BinaryPrimitives.WriteInt32LittleEndian(header, count);
        BinaryPrimitives.WriteUInt64LittleEndian(header[4..], XxHash3.HashToUInt64(content, count));
        file.Write(header);
        file.Write(content);
    }

    /// <summary>The number of records read.</summary>
    public static int Read(FileStream file, string path, int most, Room room)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        try
        {
            file.ReadExactly(header);
            var count = BinaryPrimitives.ReadInt32LittleEndian(header);
            if (count < 0 || count > most) throw new DamagedRunException(path, $"a block claims {count} records");
            var content = room(count);
            file.ReadExactly(content);
            return XxHash3.HashToUInt64(content, count) == BinaryPrimitives.ReadUInt64LittleEndian(header[4..]) ? count : throw new DamagedRunException(path, "a checksum is wrong");
        }
        catch (EndOfStreamException e)
        {
            throw new DamagedRunException(path, "ends too soon", e);
        }
    }

    public static byte[] ReadBytes(FileStream file, string path)
    {
        byte[] bytes = [];
        // What a damaged count claims must not decide how much memory is taken.
        Read(file, path, (int)Math.Min(MostBytes, file.Length), count => bytes = new byte[count]);
        return bytes;
    }
}
