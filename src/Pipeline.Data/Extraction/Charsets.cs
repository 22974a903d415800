using System.Text;

namespace Pipeline.Data.Extraction;

/// <summary>Encodings by the names that pages and files use for them, which mean the larger sets of Windows as in browsers (WHATWG Encoding).</summary>
internal static class Charsets
{
    /// <summary>Null for a name of none.</summary>
    public static Encoding? Named(string? charset)
    {
        if (charset is null) return null;
        var name = charset.Trim().ToLowerInvariant() switch
        {
            "iso-8859-1" or "latin1" or "latin-1" or "us-ascii" or "ascii" or "iso8859-1" => "windows-1252",
            "iso-8859-9" or "latin5" => "windows-1254",
            "iso-8859-11" or "tis-620" => "windows-874",
            "gb2312" or "gbk" or "gb_2312-80" or "x-gbk" => "gb18030",
            "euc-kr" or "ks_c_5601-1987" or "ksc5601" or "korean" => "ks_c_5601-1987",
            "sjis" or "x-sjis" or "ms_kanji" or "shift-jis" => "shift_jis",
            "big5-hkscs" or "x-x-big5" => "big5",
            "utf8" => "utf-8",
            var other => other,
        };
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Whether all bytes are characters of the encoding.</summary>
    public static bool Fits(Encoding encoding, ReadOnlySpan<byte> content) => Strictly(encoding, content) is not null;

    /// <summary>The text, where all bytes up to the last character are characters of the encoding; else null.</summary>
    public static string? Strictly(Encoding encoding, ReadOnlySpan<byte> content)
    {
        var strict = (Encoding)encoding.Clone();
        strict.DecoderFallback = DecoderFallback.ExceptionFallback;
        try
        {
            var decoder = strict.GetDecoder();
            var characters = new char[strict.GetMaxCharCount(content.Length)];
            // Not flushed: the content may be cut within its last character.
            return new(characters, 0, decoder.GetChars(content, characters, flush: false));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
