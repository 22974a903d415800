using System.Text;

namespace Pipeline.Data.Extraction;

/// <param name="Rival">Another one that makes other characters of the bytes and fits nearly as well; null where there is none.</param>
internal sealed record DetectedCharset(Encoding Encoding, Encoding? Rival);

/// <summary>
/// Which of the encodings before Unicode made some bytes: the one in which all of them are characters, and these are letters of one language, in its usual case and script, or common characters of Chinese, Japanese or Korean.
/// There is no right answer for a few bytes; Windows-1252 is preferred where nothing speaks against it. Frames drawn with signs speak for those of DOS.
/// </summary>
internal static class CharsetDetector
{
    private const int Sample = 1 << 14, Windows1252 = 1252;

    /// <summary>Points a character within which another encoding is as likely, and points below which none is.</summary>
    private const double Near = .15, Unlikely = .35;

    /// <summary>Of one byte that draws a line; no text repeats a letter so often.</summary>
    private const int LeastLine = 5;

    private static readonly string[] EastAsian = ["shift_jis", "euc-jp", "ks_c_5601-1987", "gb18030", "big5"];
    private static readonly string[] Dos = ["ibm437", "ibm850", "cp866"];

    private static readonly string[] SingleByte =
    [
        "windows-1252", "windows-1250", "windows-1251", "iso-8859-2", "windows-1253", "windows-1254", "windows-1257", "windows-1255", "windows-1256", "koi8-r", "koi8-u", "iso-8859-5", "iso-8859-6", "iso-8859-7", "iso-8859-15",
        "windows-874", "cp866", "ibm850", "ibm437", "macintosh",
    ];

    /// <summary>Null where no encoding makes text of the bytes.</summary>
    public static DetectedCharset? Detect(ReadOnlySpan<byte> content)
    {
        var first = content.IndexOfAnyInRange((byte)0x80, (byte)0xff);
        if (first < 0) return null;
        // Up to the first byte beyond ASCII every encoding agrees.
        var start = Math.Max(0, first - 32);
        var sample = content.Slice(start, Math.Min(Sample, content.Length - start));
        var ranked = new List<(double Score, Encoding Encoding, string Text)>();
        var drawn = HasLines(sample);
        foreach (var name in drawn ? Dos : SingleByte)
            if (Decoded(name, sample) is var (encoding, text)) ranked.Add((Alphabets.Score(text), encoding, text));
        foreach (var name in drawn ? [] : EastAsian)
            if (Decoded(name, sample) is var (encoding, text)) ranked.Add((EastAsianText.Score(name, text), encoding, text));
        // Of equals the first: sorting is stable.
        ranked = [.. ranked.OrderByDescending(r => r.Score)];
        if (ranked.Count == 0 || (ranked[0].Score <= 0 && !drawn)) return null;
        var best = ranked[0];
        // Most texts are Windows-1252, so a tie with that is none.
        var near = best.Encoding.CodePage == Windows1252 ? 0 : Near;
        var rival = ranked.Find(r => r.Text != best.Text && (r.Score > best.Score - near || best.Score < Unlikely));
        return new(best.Encoding, rival.Encoding);
    }

    /// <summary>The seven-bit escapes of mail in Japanese.</summary>
    public static bool HasJapaneseEscapes(ReadOnlySpan<byte> content) =>
        (content.IndexOf("\e$B"u8) >= 0 || content.IndexOf("\e$@"u8) >= 0) && content.IndexOfAnyInRange((byte)0x80, (byte)0xff) < 0;

    /// <summary>Whether lines are drawn with the bytes that DOS has for that: single, double, or of blocks.</summary>
    private static bool HasLines(ReadOnlySpan<byte> sample)
    {
        foreach (var sign in "\u00c4\u00cd\u00db\u00b0\u00b1\u00b2\u00dc\u00df")
        {
            for (var rest = sample; rest.IndexOf((byte)sign) is >= 0 and var at;)
            {
                rest = rest[at..];
                var length = rest.IndexOfAnyExcept((byte)sign);
                if (length < 0) length = rest.Length;
                if (length >= LeastLine) return true;
                rest = rest[length..];
            }
        }

        return false;
    }

    private static (Encoding, string)? Decoded(string name, ReadOnlySpan<byte> sample) =>
        Charsets.Named(name) is { } encoding && Charsets.Strictly(encoding, sample) is { } text ? (encoding, text) : null;
}
