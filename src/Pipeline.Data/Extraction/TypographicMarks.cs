namespace Pipeline.Data.Extraction;

/// <summary>Whether the marks of a text stand where writers put them. Of a wrong encoding they stand within words, or a letter stands where a mark would.</summary>
internal static class TypographicMarks
{
    /// <summary>Added to the logarithm of how frequent a mark is, by where it stands.</summary>
    private const double Right = 0, Possible = -2.5, Wrong = -9;

    private const string Quotes = "’‘“”„«»‹›‚", Dashes = "–—…", Currencies = "£€¥¢", AfterNumbers = "°²³½¼™®º", BeforeNumbers = "№§±©†×¡¿", Others = "•·\u00a0";

    private static readonly string[] Contractions = ["s", "t", "d", "m", "re", "ve", "ll"];

    public static bool Contains(char c) => Quotes.Contains(c) || Dashes.Contains(c) || Currencies.Contains(c) || AfterNumbers.Contains(c) || BeforeNumbers.Contains(c) || Others.Contains(c);

    /// <summary>The logarithm of how likely the mark is where it stands.</summary>
    public static double Likelihood(string text, int at) => Place(text, at) + text[at] switch
    {
        '’' => -5,
        '\u00a0' => -4.5,
        _ when Quotes.Contains(text[at]) => -6,
        '–' or '—' => -6,
        '…' or '•' => -7.5,
        _ => -8.5,
    };

    private static double Place(string text, int at)
    {
        var (c, before, after) = (text[at], At(text, at - 1), At(text, at + 1));
        var (inWord, opens, closes) = (char.IsLetter(before) && char.IsLetter(after), IsEdge(before) && !char.IsWhiteSpace(after), !char.IsWhiteSpace(before) && IsEdge(after));
        if (c == '’' && inWord) return IsContraction(text, at) ? Right : Possible;
        if (c is '‚' or '„') return opens ? Right : Wrong;
        if (Quotes.Contains(c)) return inWord ? Wrong : opens || closes ? Right : Possible;
        if (c == '…') return inWord ? Possible : Right;
        if (Dashes.Contains(c)) return char.IsWhiteSpace(before) == char.IsWhiteSpace(after) && !inWord ? Right : Possible;
        if (c == '\u00a0') return inWord ? WordBefore(text, at) > 2 ? Wrong / 2 : Possible : "«:;!?%".Contains(before) || "»:;!?%".Contains(after) || char.IsAsciiDigit(before) ? Right : Possible;
        if (c == '·') return Possible;
        if (inWord) return Wrong;
        if (Currencies.Contains(c)) return char.IsAsciiDigit(after) || char.IsAsciiDigit(before) || (char.IsWhiteSpace(before) && char.IsAsciiDigit(At(text, at - 2))) ? Right : Possible;
        if (AfterNumbers.Contains(c)) return char.IsLetterOrDigit(before) && !char.IsLetter(after) ? Right : Possible;
        if (c is '©' or '•' or '§' or '№') return !char.IsLetterOrDigit(before) && !char.IsLetter(after) ? Right : Possible;
        return char.IsLetter(before) ? Possible : Right;
    }

    /// <summary>The end of an English one, or what French and Italian put before a vowel.</summary>
    private static bool IsContraction(string text, int at)
    {
        var end = at + 1;
        while (end < text.Length && end - at < 4 && char.IsLetter(text[end])) end++;
        return WordBefore(text, at) <= 2 || Contractions.Contains(text[(at + 1)..end].ToLowerInvariant());
    }

    /// <summary>How many letters, up to four.</summary>
    private static int WordBefore(string text, int at)
    {
        var start = at;
        while (start > 0 && at - start < 4 && char.IsLetter(text[start - 1])) start--;
        return at - start;
    }

    private static bool IsEdge(char c) => char.IsWhiteSpace(c) || char.IsPunctuation(c);

    private static char At(string text, int at) => at >= 0 && at < text.Length ? text[at] : '\n';
}
