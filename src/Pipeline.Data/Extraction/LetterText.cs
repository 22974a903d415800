namespace Pipeline.Data.Extraction;

/// <summary>How likely a text of letters is in the likeliest of some languages, as the sum of natural logarithms over what is beyond ASCII and the letters beside that.</summary>
internal static class LetterText
{
    private const float CapitalAfterSmall = -5, CapitalFirst = -1.5f, CapitalAfterCapital = -.7f, SmallAfterCapitals = -3, OfTwoScripts = -9, Control = -18, Sign = -12, Frame = -6, FrameAlone = -9, FrameInWord = -14, Tone = -2.5f, Alone = -4, BesideDigit = -8, WrongForm = -5;
    private const char Latin = '\u024f';

    /// <param name="ascii">What the words of nothing but ASCII say of each language.</param>
    public static double Score(string text, LetterPairs pairs, ReadOnlySpan<float> ascii)
    {
        Span<float> sums = stackalloc float[pairs.Languages];
        ascii.CopyTo(sums);
        var rest = 0.0;
        for (var i = 0; i < text.Length; i++)
        {
            var (c, before) = (text[i], i > 0 ? text[i - 1] : ' ');
            if (c < 0x80 && before < 0x80) continue;
            if (!char.IsLetter(c))
            {
                if (c >= 0x80) rest += OfSign(text, i);
                continue;
            }

            if (char.IsLetter(before)) pairs.AddNext(before, c, sums);
            else pairs.AddFirst(c, sums);
            rest += OfCase(text, i) + OfForm(text, i);
            if (c > Latin && !char.IsLetter(before) && (i + 1 == text.Length || !char.IsLetter(text[i + 1]) && !IsMark(text[i + 1]))) rest += char.IsDigit(before) || (i + 1 < text.Length && char.IsDigit(text[i + 1])) ? BesideDigit : Alone;
            // The scripts that are none of Latin do not stand in one word with it.
            if (char.IsLetter(before) && char.IsAscii(c) != char.IsAscii(before) && (c > Latin || before > Latin)) rest += OfTwoScripts;
        }

        var best = sums[0];
        foreach (var sum in sums) best = Math.Max(best, sum);
        return best + rest;
    }

    /// <summary>What the words of nothing but ASCII say, a language each.</summary>
    public static float[] OfAscii(ReadOnlySpan<byte> bytes, LetterPairs pairs)
    {
        var sums = new float[pairs.Languages];
        foreach (var range in bytes.SplitAny(" \t\r\n"u8))
        {
            var word = bytes[range];
            if (!System.Text.Ascii.IsValid(word)) continue;
            for (var i = 0; i < word.Length; i++)
            {
                if (!char.IsAsciiLetter((char)word[i])) continue;
                if (i > 0 && char.IsAsciiLetter((char)word[i - 1])) pairs.AddNext((char)word[i - 1], (char)word[i], sums);
                else pairs.AddFirst((char)word[i], sums);
            }
        }

        return sums;
    }

    /// <summary>Tones of Vietnamese, vowels and tones of Thai, which stand on letters, and marks of Hebrew and Arabic.</summary>
    private static bool IsMark(char c) => char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.NonSpacingMark;

    private static double OfCase(string text, int i)
    {
        var (c, before) = (text[i], i > 0 ? text[i - 1] : ' ');
        if (char.IsUpper(c)) return char.IsLower(before) ? CapitalAfterSmall : char.IsUpper(before) ? CapitalAfterCapital : CapitalFirst;
        return char.IsLower(c) && char.IsUpper(before) && i > 1 && char.IsUpper(text[i - 2]) ? SmallAfterCapitals : 0;
    }

    /// <summary>Letters of Greek and Hebrew that have another form at the end of a word.</summary>
    private static double OfForm(string text, int i)
    {
        var ends = i + 1 == text.Length || !char.IsLetter(text[i + 1]) && !IsMark(text[i + 1]);
        return text[i] switch
        {
            'ς' or 'ך' or 'ם' or 'ן' or 'ף' or 'ץ' => ends ? 0 : WrongForm,
            'σ' or 'כ' or 'מ' or 'נ' or 'צ' => ends ? WrongForm : 0,
            _ => 0,
        };
    }

    private static double OfSign(string text, int i)
    {
        var (c, before, after) = (text[i], i > 0 ? text[i - 1] : ' ', i + 1 < text.Length ? text[i + 1] : ' ');
        // Frames stand by frames and blanks, and in no word.
        if (IsFrame(c)) return !(IsFrame(before) || char.IsWhiteSpace(before)) || !(IsFrame(after) || char.IsWhiteSpace(after)) ? FrameInWord : IsFrame(before) || IsFrame(after) ? Frame : FrameAlone;
        if (IsMark(c)) return (char.IsLetter(before) || IsMark(before)) && before > Latin == c > '\u036f' ? Tone : Sign;
        if (TypographicMarks.Contains(c)) return TypographicMarks.Likelihood(text, i);
        return char.IsControl(c) ? Control : Sign;
    }

    private static bool IsFrame(char c) => c is >= '\u2500' and <= '\u259f';
}
