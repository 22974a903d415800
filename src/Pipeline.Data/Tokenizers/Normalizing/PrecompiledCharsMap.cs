using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Pipeline.Data.Tokenizers.Normalizing;

/// <summary>
/// A table of replacements as SentencePiece's models carry it: the size of a trie, the trie (a double array of Darts-clone), and texts that end with 0. As Hugging Face's engine reads it, a user-perceived character below
/// six bytes is replaced whole by the first prefix of it that the trie knows, else character by character.
/// </summary>
public sealed record PrecompiledCharsMap : Normalizer
{
    private const int LongestCluster = 6;
    private readonly uint[] units;
    private readonly byte[] texts;
    private readonly string[] ascii;

    private PrecompiledCharsMap(byte[] map)
    {
        var size = map.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(map) : uint.MaxValue;
        if (size > map.Length - 4 || size % 4 != 0 || size == 0) throw new InvalidDataException("precompiled_charsmap is damaged: its trie does not fit into it.");
        units = new uint[size / 4];
        for (var i = 0; i < units.Length; i++) units[i] = BinaryPrimitives.ReadUInt32LittleEndian(map.AsSpan(4 + (i * 4)));
        texts = map[(4 + (int)size)..];
        ascii = [.. Enumerable.Range(0, 128).Select(symbol => ((char)symbol).ToString()).Select(symbol => Replacement(symbol) ?? symbol)];
        Encoded = Convert.ToBase64String(map);
    }

    /// <summary>As <c>tokenizer.json</c> has it: base64.</summary>
    public string Encoded { get; }

    public static PrecompiledCharsMap Read(string base64)
    {
        try
        {
            return new(Convert.FromBase64String(base64));
        }
        catch (FormatException error)
        {
            throw new InvalidDataException("precompiled_charsmap is no base64.", error);
        }
    }

    public static PrecompiledCharsMap Of(byte[] map) => new(map);

    public override string Apply(string text)
    {
        var changed = new StringBuilder(text.Length);
        for (int start = 0, length; start < text.Length; start += length)
        {
            // Alone but for a line feed after a carriage return.
            if (text[start] is < (char)128 and not '\r' && (start + 1 == text.Length || text[start + 1] < 128))
            {
                changed.Append(ascii[text[start]]);
                length = 1;
                continue;
            }

            var rest = text.AsSpan(start);
            length = StringInfo.GetNextTextElementLength(rest);
            if (Encoding.UTF8.GetByteCount(rest[..length]) < LongestCluster && Replacement(rest[..length]) is { } whole) changed.Append(whole);
            else
            {
                foreach (var rune in rest[..length].EnumerateRunes()) changed.Append(Replacement(rune.ToString()) ?? rune.ToString());
            }
        }

        return changed.ToString();
    }

    /// <summary>Of the shortest known prefix; null where none is.</summary>
    private string? Replacement(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[LongestCluster];
        if (Encoding.UTF8.GetByteCount(text) > bytes.Length) return null;
        var count = Encoding.UTF8.GetBytes(text, bytes);
        var node = OffsetOf(units[0]);
        foreach (var value in bytes[..count])
        {
            node ^= value;
            // The label of a unit is its last byte, and bit 31 tells a value from it.
            if (value == 0 || node >= units.Length || (units[node] & 0x800000FF) != value) return null;
            var hasLeaf = (units[node] & 0x100) != 0;
            node ^= OffsetOf(units[node]);
            if (!hasLeaf) continue;
            return node < units.Length ? TextAt((int)(units[node] & 0x7FFFFFFF)) : null;
        }

        return null;
    }

    private string? TextAt(int at)
    {
        if (at >= texts.Length) return null;
        var end = Array.IndexOf(texts, (byte)0, at);
        return Encoding.UTF8.GetString(texts, at, (end < 0 ? texts.Length : end) - at);
    }

    private static uint OffsetOf(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);
}
