using System.Text;

namespace Pipeline.Data.Extraction;

/// <param name="Rival">Another one that makes other characters of the bytes and fits nearly as well; null where there is none.</param>
internal sealed record DetectedCharset(Encoding Encoding, Encoding? Rival);

/// <summary>
/// Which of the encodings before Unicode made some bytes: the one in which all of them are characters and that makes the likeliest text of one language, or of Chinese, Japanese or Korean.
/// Frames drawn with signs speak for those of DOS.
/// </summary>
internal static class CharsetDetector
{
    private const int Sample = 1 << 14;

    /// <summary>Logarithms: how far below the best one another encoding is no rival (5 %; most texts are Windows-1252, so there has to be more for a doubt), and what no character beyond ASCII costs in a text.</summary>
    private const double Near = 3, NearWindows1252 = 1, Unlikely = -15, Usual = -15;

    /// <summary>Other languages' words stand in texts, so they count little and only so far, further the more there is beyond ASCII.</summary>
    private const float OfAscii = .3f, LeastAscii = -12, LeastAsciiEach = -1, LeastOtherScripts = -8;

    /// <summary>Of one byte that draws a line; no text repeats a letter so often.</summary>
    private const int LeastLine = 5;

    private static readonly CharsetCandidate[] EastAsian = [new("shift_jis", -2), new("euc-jp", -3), new("ks_c_5601-1987", -3), new("gb18030", -2), new("big5", -3), new("johab", -8)];

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
        var (letters, bytes) = (0, 0);
        foreach (var b in sample)
        {
            if (char.IsAsciiLetter((char)b)) letters++;
            if (b >= 0x80) bytes++;
        }

        var otherScripts = Math.Max(LeastOtherScripts, -OfAscii * letters);
        var ascii = AsciiWords(sample, LeastAscii + LeastAsciiEach * bytes, otherScripts);
        for (var group = 0; group < ascii.Length; group++)
        {
            var candidates = CharsetCandidates.All[group];
            foreach (var candidate in candidates.Encodings)
            {
                if (drawn && !candidate.IsOfDos) continue;
                if (Charsets.Strictly(candidate.Encoding, sample) is { } text) ranked.Add((candidate.Rarity + LetterText.Score(text, candidates.Pairs, ascii[group]), candidate.Encoding, text));
            }
        }

        foreach (var candidate in drawn ? [] : EastAsian)
            if (Charsets.Strictly(candidate.Encoding, sample) is { } text) ranked.Add((candidate.Rarity + otherScripts + EastAsianText.Score(candidate.Name, text), candidate.Encoding, text));
        if (ranked.Count == 0) return null;
        // Of equals the first: sorting is stable.
        ranked = [.. ranked.OrderByDescending(r => r.Score)];
        var best = ranked[0];
        var beyond = best.Text.Count(c => c >= 0x80);
        if (best.Score < Usual + Unlikely * beyond && !drawn) return null;
        var near = best.Encoding.CodePage == 1252 ? NearWindows1252 : Near;
        return new(best.Encoding, ranked.Find(r => r.Text != best.Text && r.Score > best.Score - near).Encoding);
    }

    /// <summary>How likely a text of no stated language is, as the sum of natural logarithms over what is beyond ASCII.</summary>
    public static double Likelihood(string text) => Math.Max(
        CharsetCandidates.All.Max(c => LetterText.Score(text, c.Pairs, new float[c.Pairs.Languages])), EastAsian.Max(c => EastAsianText.Score(c.Name, text)));

    /// <summary>The seven-bit escapes of mail in Japanese.</summary>
    public static bool HasJapaneseEscapes(ReadOnlySpan<byte> content) =>
        (content.IndexOf("\e$B"u8) >= 0 || content.IndexOf("\e$@"u8) >= 0) && content.IndexOfAnyInRange((byte)0x80, (byte)0xff) < 0;

    /// <summary>What the words of ASCII say of each language of each group, 0 for the likeliest.</summary>
    private static float[][] AsciiWords(ReadOnlySpan<byte> sample, float least, float otherScripts)
    {
        var words = new float[CharsetCandidates.All.Count][];
        for (var group = 0; group < words.Length; group++) words[group] = CharsetCandidates.All[group] is { IsLatin: true } latin ? LetterText.OfAscii(sample, latin.Pairs) : new float[CharsetCandidates.All[group].Pairs.Languages];
        var most = words.Where((_, group) => CharsetCandidates.All[group].IsLatin).Max(w => w.Max());
        for (var group = 0; group < words.Length; group++)
        {
            var latin = CharsetCandidates.All[group].IsLatin;
            foreach (ref var word in words[group].AsSpan()) word = latin ? Math.Max(least, OfAscii * (word - most)) : otherScripts;
        }

        return words;
    }

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
}
