using System.Text;

namespace Pipeline.Data.Collection;

/// <summary>Bytes to text: byte order mark, else strict UTF-8, else a declared charset, else Windows-1252 (which agrees with Latin-1 wherever that has a letter).</summary>
internal static class TextDecoder
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <param name="declared">Charset that the content itself names, such as the one of an HTML page.</param>
    public static (string Text, string Encoding) Decode(string name, ReadOnlySpan<byte> content, string? declared = null)
    {
        foreach (var encoding in (ReadOnlySpan<Encoding>)[Encoding.UTF32, Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode])
        {
            if (content.StartsWith(encoding.Preamble)) return (encoding.GetString(content[encoding.Preamble.Length..]), encoding.WebName);
        }

        if (LooksBinary(content))
            throw new InvalidDataException($"{name}: is not text: its first bytes are control characters (UTF-16 needs a byte order mark).");
        try
        {
            return (StrictUtf8.GetString(content), "utf-8");
        }
        catch (DecoderFallbackException)
        {
            var legacy = Named(declared) ?? CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
            return (legacy.GetString(content), legacy.WebName);
        }
    }

    /// <summary>Null for what is no charset.</summary>
    public static Encoding? Named(string? charset)
    {
        if (charset is null) return null;
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(charset);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Whether content that begins so can be decoded.</summary>
    public static bool IsText(ReadOnlySpan<byte> head) => head.StartsWith(Encoding.Unicode.Preamble) || head.StartsWith(Encoding.BigEndianUnicode.Preamble) || head.StartsWith(Encoding.UTF32.Preamble) || !(LooksBinary(head) || head.Contains((byte)0));

    private static bool LooksBinary(ReadOnlySpan<byte> content)
    {
        var head = content[..Math.Min(content.Length, 1 << 16)];
        var control = 0;
        foreach (var b in head)
            if (b < 32 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f' or 27)) control++;
        return control * 10 > head.Length;
    }
}
