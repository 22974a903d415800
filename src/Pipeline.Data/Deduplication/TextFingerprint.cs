using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using ICU4N.Text;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Deduplication;

/// <summary>128 bits of a text in Unicode form C with each run of white space as one space and none at its ends. Texts of one fingerprint are exact duplicates.</summary>
public static class TextFingerprint
{
    /// <summary>The first half of SHA-256.</summary>
    public static UInt128 Of(ReadOnlySpan<char> text) => Hash(text, static bytes =>
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    });

    /// <summary>XXH3, ten times as fast, for the many lines and sentences of a corpus: nobody gains by making two of them collide.</summary>
    public static UInt128 OfPart(ReadOnlySpan<char> text) => Hash(text, static bytes => XxHash128.HashToUInt128(bytes));

    private static UInt128 Hash(ReadOnlySpan<char> text, Func<ReadOnlySpan<byte>, UInt128> hash)
    {
        if (!IsComposed(text)) text = Normalizer2.NFCInstance.Normalize(WellFormedText.Of(text.ToString()));
        var room = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = 0;
        for (var at = 0; at < text.Length;)
        {
            var end = at;
            while (end < text.Length && !char.IsWhiteSpace(text[end])) end++;
            if (end > at)
            {
                if (length > 0) room[length++] = (byte)' ';
                length += Encoding.UTF8.GetBytes(text[at..end], room.AsSpan(length));
            }

            at = end + 1;
        }

        var result = hash(room.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(room);
        return result;
    }

    /// <summary>Form C whatever stands beside what: Latin letters, and the quotes, dashes and ellipses of typesetting. Other texts may be composed as well.</summary>
    private static bool IsComposed(ReadOnlySpan<char> text)
    {
        while (true)
        {
            var other = text.IndexOfAnyExceptInRange('\0', '\u02FF');
            if (other < 0) return true;
            if (text[other] is < '\u2010' or > '\u2027') return false;
            text = text[(other + 1)..];
        }
    }
}
