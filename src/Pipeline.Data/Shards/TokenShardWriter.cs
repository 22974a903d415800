using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Pipeline.Data.Shards;

/// <summary>Writes one token shard, sequence by sequence. The file appears whole at <see cref="Complete"/> or not at all.</summary>
public sealed class TokenShardWriter : IDisposable
{
    private readonly string path;
    private readonly int vocabularySize;
    private readonly int? endOfText;
    private readonly byte[] tokenizerSha256;
    private readonly int bytesPerToken;
    private readonly FileStream file;
    private readonly FileStream? masks;
    private readonly IncrementalHash content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly FileStream ends;
    private byte[] buffer = [];

    /// <param name="endOfText">Appended to every sequence unless null.</param>
    /// <param name="tokenizerSha256">32 bytes.</param>
    /// <param name="masked">True for examples: each sequence then comes with its loss mask.</param>
    public TokenShardWriter(string path, int vocabularySize, int? endOfText, byte[] tokenizerSha256, bool masked = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(tokenizerSha256.Length, 32, nameof(tokenizerSha256));
        if (endOfText is { } id) ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)id, (uint)vocabularySize, nameof(endOfText));
        if (masked && endOfText is not null) throw new ArgumentException("Examples end with the end of their last turn, not with end-of-text.", nameof(endOfText));
        (this.path, this.vocabularySize, this.endOfText, this.tokenizerSha256) = (path, vocabularySize, endOfText, tokenizerSha256);
        bytesPerToken = TokenShardHeader.BytesFor(vocabularySize);
        file = new(path + ".tmp", FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        file.Write(new byte[TokenShardHeader.Size]);
        if (masked) masks = Beside(".mask.tmp");
        ends = Beside(".index.tmp");
        AddEnd();
    }

    /// <summary>Tokens so far, with those that end sequences.</summary>
    public long TokenCount { get; private set; }

    public long SequenceCount { get; private set; }

    public void Add(ReadOnlySpan<int> ids)
    {
        if (masks is not null) throw new InvalidOperationException("This shard is of examples: give the mask with the ids.");
        AddTokens(ids);
    }

    /// <param name="trained">For each id, whether the model is trained to predict it.</param>
    public void Add(ReadOnlySpan<int> ids, ReadOnlySpan<bool> trained)
    {
        if (masks is null) throw new InvalidOperationException("This shard has no masks: give the ids alone.");
        ArgumentOutOfRangeException.ThrowIfNotEqual(trained.Length, ids.Length, nameof(trained));
        AddTokens(ids);
        foreach (var one in trained) masks.WriteByte(one ? (byte)1 : (byte)0);
    }

    public void Complete()
    {
        if (masks is not null) Append(masks);
        Append(new byte[-file.Position & 7]);
        Append(ends);

        var header = new TokenShardHeader(bytesPerToken, masks is not null, vocabularySize, endOfText, TokenCount, SequenceCount, tokenizerSha256, [])
            .Sealed(content.GetHashAndReset());
        Span<byte> bytes = stackalloc byte[TokenShardHeader.Size];
        header.Write(bytes);
        file.Position = 0;
        file.Write(bytes);
        file.Flush(flushToDisk: true);
        file.Dispose();
        File.Move(path + ".tmp", path, overwrite: true);
    }

    public void Dispose()
    {
        file.Dispose();
        masks?.Dispose();
        ends.Dispose();
        content.Dispose();
        File.Delete(path + ".tmp");
        File.Delete(path + ".mask.tmp");
        File.Delete(path + ".index.tmp");
    }

    private void AddTokens(ReadOnlySpan<int> ids)
    {
        var count = ids.Length + (endOfText is null ? 0 : 1);
        if (count == 0) throw new InvalidDataException($"A sequence without tokens has no place in {path}.");
        var bytes = Room(count * bytesPerToken);
        for (var i = 0; i < ids.Length; i++)
        {
            if ((uint)ids[i] >= (uint)vocabularySize) throw new InvalidDataException($"The id {ids[i]} does not fit the vocabulary of {vocabularySize} tokens of {path}.");
            Put(bytes, i, ids[i]);
        }

        if (endOfText is { } last) Put(bytes, ids.Length, last);
        Append(bytes);
        TokenCount += count;
        SequenceCount++;
        AddEnd();
    }

    private void AddEnd()
    {
        Span<byte> end = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(end, TokenCount);
        ends.Write(end);
    }

    /// <summary>For what has its place behind the tokens.</summary>
    private FileStream Beside(string extension) => new(path + extension, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16);

    private void Put(Span<byte> bytes, int index, int id)
    {
        if (bytesPerToken == 2) BinaryPrimitives.WriteUInt16LittleEndian(bytes[(index * 2)..], (ushort)id);
        else BinaryPrimitives.WriteInt32LittleEndian(bytes[(index * 4)..], id);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        content.AppendData(bytes);
        file.Write(bytes);
    }

    private void Append(FileStream part)
    {
        part.Position = 0;
        for (int read; (read = part.Read(Room(1 << 16))) > 0;) Append(buffer.AsSpan(0, read));
    }

    private Span<byte> Room(int length)
    {
        if (buffer.Length < length) buffer = new byte[Math.Max(length, buffer.Length * 2)];
        return buffer.AsSpan(0, length);
    }
}
