namespace Pipeline.Data.Extraction;

/// <summary>Whether the marks of a text stand where writers put them. Of a wrong encoding they stand within words, or a letter stands where a mark would.</summary>
internal static class TypographicMarks
{
    /// <summary>A little more than a letter has: letters are many, and of a mark that stands right hardly one is a mistake.</summary>
    private const double Right = 1.05, Possible = .6, Wrong = -2;

    private const string Quotes = "’‘“”„«»‹›‚", Dashes = "–—…", Currencies = "£€¥¢", AfterNumbers = "°²³½¼™®º", BeforeNumbers = "№§±©†×¡¿", Others = "•·\u00a0";

    private static readonly string[] Contractions = ["s", "t", "d", "m", "re", "ve", "ll"];

    public static bool Contains(char c) => Quotes.Contains(c) || Dashes.Contains(c) || Currencies.Contains(c) || AfterNumbers.Contains(c) || BeforeNumbers.Contains(c) || Others.Contains(c);

    /// <param name="at">Where the mark is.</param>
    public static double Points(string text, int at)
    {
        var (c, before, after) = (text[at], At(text, at - 1), At(text, at + 1));
        var (inWord, opens, closes) = (char.IsLetter(before) && char.IsLetter(after), IsEdge(before) && !char.IsWhiteSpace(after), !char.IsWhiteSpace(before) && IsEdge(after));
        if (c == '’' && inWord) return IsContraction(text, at) ? Right : Possible;
        if (Quotes.Contains(c)) return inWord ? Wrong : opens || closes ? Right : Possible;
        if (Dashes.Contains(c)) return inWord ? Possible : Right;
        if (c is '·' or '\u00a0') return Possible;
        if (inWord) return Wrong;
        if (Currencies.Contains(c)) return char.IsAsciiDigit(after) || char.IsAsciiDigit(before) || (char.IsWhiteSpace(before) && char.IsAsciiDigit(At(text, at - 2))) ? Right : Possible;
        if (AfterNumbers.Contains(c)) return char.IsLetterOrDigit(before) && !char.IsLetter(after) ? Right : Possible;
        if (c is '©' or '•' or '§' or '№') return !char.IsLetterOrDigit(before) && !char.IsLetter(after) ? Right : Possible;
        return char.IsLetter(before) ? Possible : Right;
    }

    /// <summary>The end of an English one, or what French and Italian put before a vowel.</summary>
    private static bool IsContraction(string text, int at)
    {
        var (start, end) = (at, at + 1);
        while (start > 0 && at - start < 4 && char.IsLetter(text[start - 1])) start--;
        while (end < text.Length && end - at < 4 && char.IsLetter(text[end])) end++;
        return at - start <= 2 || Contractions.Contains(text[(at + 1)..end].ToLowerInvariant());
    }

    private static bool IsEdge(char c) => char.IsWhiteSpace(c) || char.IsPunctuation(c);

    private static char At(string text, int at) => at >= 0 && at < text.Length ? text[at] : '\n';
}
