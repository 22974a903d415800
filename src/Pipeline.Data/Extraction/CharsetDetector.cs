using System.Text;

namespace Pipeline.Data.Extraction;

/// <summary>
/// Which of the encodings before Unicode made some bytes: the one in which all of them are characters, and these are letters of one language, in its usual case and script, or common characters of Chinese, Japanese or Korean.
/// There is no right answer for a few bytes; Windows-1252 is preferred where nothing speaks against it.
/// </summary>
internal static class CharsetDetector
{
    private const int Sample = 1 << 14;

    private static readonly string[] EastAsian = ["shift_jis", "euc-jp", "ks_c_5601-1987", "gb18030", "big5"];

    private static readonly string[] SingleByte =
    [
        "windows-1252", "windows-1250", "windows-1251", "iso-8859-2", "windows-1253", "windows-1254", "windows-1257", "windows-1255", "windows-1256", "koi8-r", "koi8-u", "iso-8859-5", "iso-8859-6", "iso-8859-7", "iso-8859-15",
        "windows-874", "cp866",
    ];

    /// <summary>Null where no encoding makes text of the bytes.</summary>
    public static Encoding? Detect(ReadOnlySpan<byte> content)
    {
        var first = content.IndexOfAnyInRange((byte)0x80, (byte)0xff);
        if (first < 0) return null;
        // Up to the first byte beyond ASCII every encoding agrees.
        var start = Math.Max(0, first - 32);
        var sample = content.Slice(start, Math.Min(Sample, content.Length - start));
        var (best, most) = ((Encoding?)null, 0.0);
        foreach (var name in SingleByte)
            if (Decoded(name, sample) is var (encoding, text)) Rank(encoding, Alphabets.Score(text));
        foreach (var name in EastAsian)
            if (Decoded(name, sample) is var (encoding, text)) Rank(encoding, EastAsianText.Score(name, text));
        return best;

        void Rank(Encoding encoding, double score)
        {
            if (score > most) (best, most) = (encoding, score);
        }
    }

    /// <summary>The seven-bit escapes of mail in Japanese.</summary>
    public static bool HasJapaneseEscapes(ReadOnlySpan<byte> content) =>
        (content.IndexOf("\e$B"u8) >= 0 || content.IndexOf("\e$@"u8) >= 0) && content.IndexOfAnyInRange((byte)0x80, (byte)0xff) < 0;

    private static (Encoding, string)? Decoded(string name, ReadOnlySpan<byte> sample) =>
        Charsets.Named(name) is { } encoding && Charsets.Strictly(encoding, sample) is { } text ? (encoding, text) : null;
}
