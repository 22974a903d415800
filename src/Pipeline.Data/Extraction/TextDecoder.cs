using System.Text;

namespace Pipeline.Data.Extraction;

/// <summary>
/// Bytes to text: byte order mark, else UTF-16 or UTF-32 by its zeros, else strict UTF-8, or UTF-8 with a few stray bytes, else the charset the content declares if all of it fits, else the one that <see cref="CharsetDetector"/> finds, else Windows-1252.
/// </summary>
internal static class TextDecoder
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private static readonly UTF32Encoding BigEndianUtf32 = new(bigEndian: true, byteOrderMark: true);

    /// <param name="declared">Charset that the content itself names, such as the one of an HTML page.</param>
    public static (string Text, string Encoding) Decode(string name, ReadOnlySpan<byte> content, string? declared = null)
    {
        foreach (var encoding in (ReadOnlySpan<Encoding>)[Encoding.UTF32, BigEndianUtf32, Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode])
        {
            if (content.StartsWith(encoding.Preamble)) return (encoding.GetString(content[encoding.Preamble.Length..]), encoding.WebName);
        }

        if (content.Contains((byte)0) && WideEncodings.Detect(content) is { } wide) return (wide.GetString(content), wide.WebName);
        if (LooksBinary(content))
            throw new InvalidDataException($"{name}: is not text: its first bytes are control characters.");
        if (CharsetDetector.HasJapaneseEscapes(content)) return (Charsets.Named("iso-2022-jp")!.GetString(content), "iso-2022-jp");
        try
        {
            return (StrictUtf8.GetString(content), "utf-8");
        }
        catch (DecoderFallbackException)
        {
            if (IsDamagedUtf8(content)) return (Encoding.UTF8.GetString(content), "utf-8 (damaged)");
            var stated = Charsets.Named(declared);
            var legacy = stated is not null && Charsets.Fits(stated, content) ? stated : CharsetDetector.Detect(content) ?? stated ?? Charsets.Named("windows-1252")!;
            return (legacy.GetString(content), legacy.WebName);
        }
    }

    /// <summary>A few stray bytes among many characters that are UTF-8 by more than chance: text of other charsets hardly ever has one.</summary>
    private static bool IsDamagedUtf8(ReadOnlySpan<byte> content)
    {
        var (sound, stray) = (0L, 0L);
        while (content.IndexOfAnyExceptInRange((byte)0, (byte)0x7f) is >= 0 and var at)
        {
            content = content[at..];
            if (Rune.DecodeFromUtf8(content, out _, out var length) == System.Buffers.OperationStatus.Done) sound++;
            else stray++;
            content = content[length..];
        }

        return sound >= 20 * stray;
    }

    /// <summary>Whether content that begins so can be decoded.</summary>
    public static bool IsText(ReadOnlySpan<byte> head) => head.StartsWith(Encoding.Unicode.Preamble) || head.StartsWith(Encoding.BigEndianUnicode.Preamble) || head.StartsWith(Encoding.UTF32.Preamble) || head.StartsWith(BigEndianUtf32.Preamble) || (head.Contains((byte)0) ? WideEncodings.Detect(head[..(head.Length & ~3)]) is not null : !LooksBinary(head));

    private static bool LooksBinary(ReadOnlySpan<byte> content)
    {
        var head = content[..Math.Min(content.Length, 1 << 16)];
        var control = 0;
        foreach (var b in head)
            if (b < 32 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f' or 27)) control++;
        return control * 10 > head.Length;
    }
}
