using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;

namespace Pipeline.Data.Shards;

/// <summary>A token shard mapped into memory, checked whole when opened: header, length, content hash, index, ids and mask.</summary>
public sealed unsafe class TokenShard : IDisposable
{
    private const int Chunk = 1 << 24;

    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor view;
    private readonly byte* start;

    private TokenShard(string path, TokenShardHeader header)
    {
        Path = path;
        Header = header;
        map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        start += view.PointerOffset;
    }

    public string Path { get; }

    public TokenShardHeader Header { get; }

    public static TokenShard Open(string path)
    {
        TokenShardHeader header;
        using (var file = File.OpenRead(path))
        {
            var bytes = new byte[TokenShardHeader.Size];
            header = TokenShardHeader.Read(path, bytes.AsSpan(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)), file.Length);
        }

        var shard = new TokenShard(path, header);
        try
        {
            shard.Check();
            return shard;
        }
        catch
        {
            shard.Dispose();
            throw;
        }
    }

    /// <summary>The tokens of a sequence as a range of the shard's.</summary>
    public (long Start, long End) Sequence(long index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, (ulong)Header.SequenceCount, nameof(index));
        return (Offset(index), Offset(index + 1));
    }

    public int Token(long index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, (ulong)Header.TokenCount, nameof(index));
        return At(index);
    }

    /// <summary>Fills <paramref name="ids"/> from the token number <paramref name="from"/> on.</summary>
    public void Read(long from, Span<int> ids)
    {
        CheckRange(from, ids.Length);
        for (var i = 0; i < ids.Length; i++) ids[i] = At(from + i);
    }

    /// <summary>Fills <paramref name="trained"/> from the token number <paramref name="from"/> on.</summary>
    public void ReadMask(long from, Span<bool> trained)
    {
        if (!Header.HasMask) throw new InvalidOperationException($"{Path} has no masks.");
        CheckRange(from, trained.Length);
        for (var i = 0; i < trained.Length; i++) trained[i] = start[Header.MaskOffset + from + i] == 1;
    }

    public int[] ReadSequence(long index)
    {
        var (first, end) = Sequence(index);
        var ids = new int[end - first];
        Read(first, ids);
        return ids;
    }

    public bool[] ReadSequenceMask(long index)
    {
        var (first, end) = Sequence(index);
        var trained = new bool[end - first];
        ReadMask(first, trained);
        return trained;
    }

    public void Dispose()
    {
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        map.Dispose();
    }

    private int At(long index) => Header.BytesPerToken == 2
        ? BinaryPrimitives.ReadUInt16LittleEndian(new(start + TokenShardHeader.TokensOffset + (index * 2), 2))
        : BinaryPrimitives.ReadInt32LittleEndian(new(start + TokenShardHeader.TokensOffset + (index * 4), 4));

    private long Offset(long sequence) => BinaryPrimitives.ReadInt64LittleEndian(new(start + Header.IndexOffset + (sequence * 8), 8));

    private void CheckRange(long from, int count)
    {
        if (from < 0 || from > Header.TokenCount - count) throw new ArgumentOutOfRangeException(nameof(from), $"{Path} has {Header.TokenCount} tokens; {from} to {from + count} were asked for.");
    }

    private void Check()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var at = (long)TokenShardHeader.Size; at < Header.FileLength; at += Chunk) hash.AppendData(new ReadOnlySpan<byte>(start + at, (int)Math.Min(Chunk, Header.FileLength - at)));
        if (!Header.Sealed(hash.GetHashAndReset()).Sha256.AsSpan().SequenceEqual(Header.Sha256)) throw TokenShardHeader.Wrong(Path, "does not match its own SHA-256: its bytes were changed");

        if (Offset(0) != 0 || Offset(Header.SequenceCount) != Header.TokenCount) throw TokenShardHeader.Wrong(Path, "has an index that does not span its tokens");
        for (var i = 0L; i < Header.SequenceCount; i++)
        {
            if (Offset(i + 1) <= Offset(i) || Offset(i + 1) > Header.TokenCount) throw TokenShardHeader.Wrong(Path, $"has an index that does not rise at sequence {i}");
            if (Header.EndOfText is { } end && At(Offset(i + 1) - 1) != end) throw TokenShardHeader.Wrong(Path, $"has a sequence, {i}, that does not end with end-of-text ({end})");
        }

        for (var i = 0L; i < Header.TokenCount; i++)
        {
            if ((uint)At(i) >= (uint)Header.VocabularySize) throw TokenShardHeader.Wrong(Path, $"has the id {At(i)} at token {i}, outside its vocabulary of {Header.VocabularySize}");
            if (Header.HasMask && start[Header.MaskOffset + i] > 1) throw TokenShardHeader.Wrong(Path, $"has a mask of {start[Header.MaskOffset + i]} at token {i}; expected 0 or 1");
        }
    }
}
