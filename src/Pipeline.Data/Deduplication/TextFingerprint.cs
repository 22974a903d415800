using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using ICU4N.Text;

namespace Pipeline.Data.Deduplication;

/// <summary>SHA-256 of a text in Unicode form C with each run of white space as one space and none at its ends. Texts of one fingerprint are exact duplicates.</summary>
public readonly record struct TextFingerprint(UInt128 High, UInt128 Low)
{
    public static TextFingerprint Of(string text)
    {
        if (!Ascii.IsValid(text)) text = Normalizer2.NFCInstance.Normalize(Tokenizers.TextTokenizer.WellFormed(text));
        var room = ArrayPool<char>.Shared.Rent(text.Length);
        var length = 0;
        foreach (var symbol in text)
        {
            if (!char.IsWhiteSpace(symbol)) room[length++] = symbol;
            else if (length > 0 && room[length - 1] != ' ') room[length++] = ' ';
        }

        if (length > 0 && room[length - 1] == ' ') length--;
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(length));
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes.AsSpan(0, Encoding.UTF8.GetBytes(room.AsSpan(0, length), bytes)), hash);
        ArrayPool<byte>.Shared.Return(bytes);
        ArrayPool<char>.Shared.Return(room);
        return new(
            System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash),
            System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));
    }
}
