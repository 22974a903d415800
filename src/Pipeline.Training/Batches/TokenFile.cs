using System.IO.MemoryMappedFiles;

namespace Pipeline.Training.Batches;

/// <summary>Token ids stored as little-endian unsigned integers somewhere in a file, memory-mapped: any size, no copy.</summary>
public sealed unsafe class TokenFile : IDisposable
{
    readonly string path;
    readonly int bytesPerToken;
    readonly int vocabulary;
    readonly MemoryMappedFile file;
    readonly MemoryMappedViewAccessor view;
    readonly byte* tokens;

    public TokenFile(string path, long byteOffset, long count, int bytesPerToken, int vocabulary)
    {
        if (bytesPerToken is not (2 or 4))
            throw new ArgumentException($"{path}: tokens of {bytesPerToken} bytes; expected 2 or 4.");
        var length = new FileInfo(path).Length;
        if (count < 2)
            throw new InvalidDataException($"{path}: holds {count} token(s), but at least 2 are needed to predict one from another. Give it more text.");
        if (byteOffset < 0 || count > (length - byteOffset) / bytesPerToken)
            throw new InvalidDataException($"{path}: {count} tokens of {bytesPerToken} bytes from byte {byteOffset} on do not fit into its {length} bytes. The file is truncated or its header is wrong.");
        this.path = path;
        this.bytesPerToken = bytesPerToken;
        this.vocabulary = vocabulary;
        Count = count;
        file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, 0, MemoryMappedFileAccess.Read);
        view = file.CreateViewAccessor(byteOffset, count * bytesPerToken, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        tokens = start + view.PointerOffset;
    }

    public long Count { get; }

    /// <summary>Reads tokens from <paramref name="start"/> on; an id outside the vocabulary is an error.</summary>
    public void Read(long start, Span<long> into)
    {
        if (start < 0 || start + into.Length > Count)
            throw new ArgumentOutOfRangeException(nameof(start), start, $"{path} holds {Count} tokens.");
        if (bytesPerToken == 2)
            Widen(new ReadOnlySpan<ushort>(tokens + 2 * start, into.Length), start, into);
        else
            Widen(new ReadOnlySpan<uint>(tokens + 4 * start, into.Length), start, into);
    }

    public void Dispose()
    {
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file.Dispose();
    }

    void Widen<T>(ReadOnlySpan<T> from, long start, Span<long> into)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        for (var i = 0; i < from.Length; i++)
        {
            var id = long.CreateTruncating(from[i]);
            if (id >= vocabulary)
                throw new InvalidDataException($"{path}: token {start + i} is {id}, outside the model's vocabulary of {vocabulary}. Was it encoded with another tokenizer?");
            into[i] = id;
        }
    }
}
