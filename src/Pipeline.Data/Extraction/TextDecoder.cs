using System.Text;

namespace Pipeline.Data.Extraction;

/// <summary>
/// Bytes to text: byte order mark, else UTF-16 or UTF-32 by its zeros, else strict UTF-8, or lines of UTF-8 among others (<see cref="MixedUtf8"/>), else the charset the content declares if all of it fits, else the one that <see cref="CharsetDetector"/> finds, else Windows-1252.
/// </summary>
internal static class TextDecoder
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private static readonly UTF32Encoding BigEndianUtf32 = new(bigEndian: true, byteOrderMark: true);

    /// <returns>The text, and what it was in; where that is doubtful with the doubt in brackets.</returns>
    /// <param name="declared">Charset that the content itself names, such as the one of an HTML page.</param>
    public static (string Text, string Encoding) Decode(string name, ReadOnlySpan<byte> content, string? declared = null)
    {
        foreach (var encoding in (ReadOnlySpan<Encoding>)[Encoding.UTF32, BigEndianUtf32, Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode])
        {
            if (content.StartsWith(encoding.Preamble)) return (encoding.GetString(content[encoding.Preamble.Length..]), encoding.WebName);
        }

        // Text of Thai or Chinese in UTF-16 may have no zero at all, but then it is full of what would be controls.
        var binary = LooksBinary(content);
        if ((binary || content.Contains((byte)0)) && WideEncodings.Detect(content) is { } wide) return (wide.GetString(content), wide.WebName);
        if (binary)
            throw new InvalidDataException($"{name}: is not text: its first bytes are control characters.");
        if (CharsetDetector.HasJapaneseEscapes(content)) return (Charsets.Named("iso-2022-jp")!.GetString(content), "iso-2022-jp");
        try
        {
            return (StrictUtf8.GetString(content), "utf-8");
        }
        catch (DecoderFallbackException)
        {
            if (MixedUtf8.Decode(content) is { } mixed) return mixed;
            var stated = Charsets.Named(declared);
            if (stated is not null && Charsets.Fits(stated, content)) return (stated.GetString(content), stated.WebName);
            var detected = CharsetDetector.Detect(content);
            var legacy = detected?.Encoding ?? stated ?? Charsets.Named("windows-1252")!;
            var doubt = detected is null ? " (fits none)" : detected.Rival is { } rival ? $" (or {rival.WebName})" : "";
            return (legacy.GetString(content), legacy.WebName + doubt);
        }
    }

    /// <summary>Whether an encoding, as <see cref="Decode"/> tells it, is one that may be another.</summary>
    public static bool IsDoubtful(string encoding) => encoding.EndsWith(')');

    /// <summary>Whether content that begins so can be decoded.</summary>
    public static bool IsText(ReadOnlySpan<byte> head) => head.StartsWith(Encoding.Unicode.Preamble) || head.StartsWith(Encoding.BigEndianUnicode.Preamble) || head.StartsWith(Encoding.UTF32.Preamble) || head.StartsWith(BigEndianUtf32.Preamble) || (head.Contains((byte)0) || LooksBinary(head) ? WideEncodings.Detect(head[..(head.Length & ~3)]) is not null : true);

    private static bool LooksBinary(ReadOnlySpan<byte> content)
    {
        var head = content[..Math.Min(content.Length, 1 << 16)];
        var control = 0;
        foreach (var b in head)
            if (b < 32 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f' or 27)) control++;
        return control * 10 > head.Length;
    }
}
