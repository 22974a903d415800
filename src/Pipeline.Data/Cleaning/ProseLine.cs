namespace Pipeline.Data.Cleaning;

/// <summary>Lines of prose are told by their words: letters and no sign in or beside them but marks of a sentence. What stands in quotation marks as a value of code is not counted.</summary>
internal static class ProseLine
{
    /// <summary>Plain words that make a line one of prose: so many, and more for each point that speaks for code; fewer make a sentence.</summary>
    private const int Words = 4, MoreWords = 3, SentenceWords = 3;

    /// <param name="weight">How much speaks for code.</param>
    /// <param name="loose">Signs that speak little against prose.</param>
    public static bool Is(ReadOnlySpan<char> body, int weight, CodeSigns loose)
    {
        var few = System.Numerics.BitOperations.PopCount((uint)loose);
        var needed = Math.Max(Words + (MoreWords * (weight - few)) + few, ((body.Count(' ') + 1) * 3 / 5) + 1);
        var (plain, all, at, last) = (0, 0, 0, false);
        while (at < body.Length)
        {
            if (body[at] is ' ' or '\t')
            {
                at++;
                continue;
            }

            // The rest of the line is a comment.
            if (weight > 0 && all > 0 && body[at..] is ['/', '/', ..] or ['#', ' ', ..] or ['-', '-', ' ', ..] or ['/', '*', ..]) break;
            if (body[at] == '"' && EndOfValue(body, at) is > 0 and var end)
            {
                at = end;
                last = false;
                continue;
            }

            var stop = at;
            while (stop < body.Length && body[stop] is not (' ' or '\t'))
            {
                if (stop > at && body[stop] == '"' && EndOfValue(body, stop) is > 0 and var value) stop = value;
                else stop++;
            }

            all++;
            last = IsWord(body[at..stop]);
            if (last && ++plain == needed) return true;
            at = stop;
        }

        if (plain * 5 < all * 3) return false;
        return plain >= Words + (MoreWords * (weight - few)) + few || (weight <= 1 && plain >= SentenceWords && last && body[^1] is '.' or '?' or '!');
    }

    /// <summary>The place behind a text in quotation marks that stands where a value stands; 0 where it does not.</summary>
    private static int EndOfValue(ReadOnlySpan<char> body, int at)
    {
        var before = body[..at].TrimEnd(' ');
        var close = body[(at + 1)..].IndexOf('"');
        if (close < 0) return 0;
        close += at + 2;
        if (before.IsEmpty) return close == body.Length || body[close] is ':' or ')' or ';' || (body[close] == ',' && close + 1 == body.Length) ? close : 0;
        return before[^1] is '(' or '=' or '[' or '{' or '+' || (before[^1] is ',' or ':' && (close == body.Length || body[close] is ',' or ')' or ']' or '}' or ';')) ? close : 0;
    }

    private static bool IsWord(ReadOnlySpan<char> token)
    {
        token = token.TrimStart("\"'([“‘«").TrimEnd(".,;:!?)\"'”’»]");
        if (token.IsEmpty) return false;
        for (var i = 0; i < token.Length; i++)
            if (!char.IsLetter(token[i]) && !(i > 0 && i + 1 < token.Length && token[i] is '\'' or '’' or '-') && !char.IsLowSurrogate(token[i]) && char.GetUnicodeCategory(token[i]) is not (System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark)) return false;
        return true;
    }
}
