using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Pipeline.Data.Shards;

/// <summary>
/// The first 128 bytes of a token shard. All numbers are little-endian. After it come <c>TokenCount</c> ids of <c>BytesPerToken</c> bytes; where <c>HasMask</c>,
/// one byte a token that is 1 where the token is trained; zeros up to a multiple of 8; and <c>SequenceCount + 1</c> offsets of 64 bits, in tokens, the last being <c>TokenCount</c>.
/// </summary>
/// <param name="EndOfText">The id that ends every sequence, or null.</param>
/// <param name="TokenizerSha256">Of the <c>tokenizer.json</c> that made the ids.</param>
/// <param name="Sha256">Of the 80 bytes before it in the header and the SHA-256 of everything after the header.</param>
public sealed record TokenShardHeader(
    int BytesPerToken, bool HasMask, int VocabularySize, int? EndOfText, long TokenCount, long SequenceCount, byte[] TokenizerSha256, byte[] Sha256)
{
    public const int Size = 128;
    public const int Version = 1;
    private const int HashAt = 80;
    private const uint None = uint.MaxValue;
    private static ReadOnlySpan<byte> Magic => "PLTOKENS"u8;

    /// <summary>u16 holds the ids of up to 65,536 tokens.</summary>
    public static int BytesFor(int vocabularySize) => vocabularySize <= 1 << 16 ? 2 : 4;

    /// <summary>Where the ids begin in the file, in bytes: with <see cref="TokenCount"/> and <see cref="BytesPerToken"/> all that a trainer needs to map them.</summary>
    public const long TokensOffset = Size;

    public long MaskOffset => TokensOffset + (TokenCount * BytesPerToken);

    public long IndexOffset => (MaskOffset + (HasMask ? TokenCount : 0) + 7) / 8 * 8;

    public long FileLength => IndexOffset + ((SequenceCount + 1) * 8);

    public void Write(Span<byte> bytes)
    {
        bytes[..Size].Clear();
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], (uint)BytesPerToken);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], HasMask ? 1u : 0u);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], (uint)VocabularySize);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], EndOfText is { } id ? (uint)id : None);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], TokenCount);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], SequenceCount);
        TokenizerSha256.CopyTo(bytes[48..]);
        Sha256.CopyTo(bytes[HashAt..]);
    }

    /// <param name="file">Named in errors.</param>
    /// <param name="length">Of the whole file.</param>
    public static TokenShardHeader Read(string file, ReadOnlySpan<byte> bytes, long length)
    {
        if (bytes.Length < Size || !bytes.StartsWith(Magic)) throw Wrong(file, "is no token shard: it does not begin with 'PLTOKENS'");
        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (version != Version) throw Wrong(file, $"has format version {version}; this reads version {Version}");
        var width = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        var sections = BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]);
        var vocabulary = BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]);
        var endOfText = BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]);
        var tokens = BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]);
        var sequences = BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]);
        if (bytes[28..32].ContainsAnyExcept((byte)0) || bytes[112..Size].ContainsAnyExcept((byte)0)) throw Wrong(file, "has bytes in its header that should be 0");
        if (sections > 1) throw Wrong(file, $"has unknown sections ({sections})");
        if (vocabulary is 0 or > int.MaxValue) throw Wrong(file, $"claims a vocabulary of {vocabulary}");
        if (width != BytesFor((int)vocabulary)) throw Wrong(file, $"claims {width} bytes a token; a vocabulary of {vocabulary} takes {BytesFor((int)vocabulary)}");
        if (endOfText != None && endOfText >= vocabulary) throw Wrong(file, $"claims the end-of-text id {endOfText} in a vocabulary of {vocabulary}");
        // Each token and each sequence takes space in the file, which bounds both before they are multiplied.
        if (tokens < 0 || tokens > length || sequences < 0 || sequences > length)
            throw Wrong(file, $"claims {tokens} tokens in {sequences} sequences, more than its {length} bytes can hold");

        var header = new TokenShardHeader(
            (int)width, sections == 1, (int)vocabulary, endOfText == None ? null : (int)endOfText, tokens, sequences, bytes.Slice(48, 32).ToArray(), bytes.Slice(HashAt, 32).ToArray());
        return header.FileLength == length ? header : throw Wrong(file, $"has {length} bytes; its header says {header.FileLength}: it is cut off or not a shard as written");
    }

    /// <summary>This header with the hash that belongs to it.</summary>
    /// <param name="content">SHA-256 of everything after the header.</param>
    public TokenShardHeader Sealed(byte[] content)
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(bytes);
        return this with { Sha256 = SHA256.HashData([.. bytes[..HashAt], .. content]) };
    }

    internal static InvalidDataException Wrong(string file, string what) => new($"{file}: {what}. Encode it again.");
}
