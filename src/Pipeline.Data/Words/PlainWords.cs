namespace Pipeline.Data.Words;

/// <summary>A word of prose.</summary>
/// <param name="BeginsSentence">Nothing but the end of another sentence stands before it, so that a capital says nothing.</param>
/// <param name="Shouted">In capitals, in a line of capitals.</param>
internal readonly record struct PlainWord(int Start, int Length, bool BeginsSentence, bool Shouted);

/// <summary>
/// The words of a text that are prose: runs of letters. Left out is what looks like code: lines that begin with a tab or four blanks, and words with a digit, an underscore, a capital inside or a sign of programming
/// beside them. What is code for sure is not given here.
/// </summary>
internal static class PlainWords
{
    /// <param name="shouted">Whether lines of two words or more that are all in capitals count as prose.</param>
    public static IEnumerable<PlainWord> Of(string text, bool shouted = false)
    {
        var begins = true;
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start) is >= 0 and var feed ? feed : text.Length;
            if (!IsIndented(text.AsSpan(start, end - start)))
            {
                foreach (var word in OfLine(text, start, end, begins, shouted && IsShouted(text.AsSpan(start, end - start)))) yield return word;
                begins = text.AsSpan(start, end - start).TrimEnd() is [] or [.., '.' or '!' or '?' or ':' or '"'];
            }
            else
            {
                begins = true;
            }

            start = end + 1;
        }
    }

    private static bool IsIndented(ReadOnlySpan<char> line) => line.StartsWith("    ") || line.StartsWith("\t");

    private static bool IsShouted(ReadOnlySpan<char> line)
    {
        foreach (var c in line)
            if (char.IsLower(c)) return false;
        return line.Trim().Contains(' ');
    }

    private static IEnumerable<PlainWord> OfLine(string text, int start, int end, bool begins, bool shouted)
    {
        for (var at = start; at < end;)
        {
            var c = text[at];
            if (!char.IsLetter(c))
            {
                begins = c is '.' or '!' or '?' || (begins && !char.IsLetterOrDigit(c));
                at++;
                continue;
            }

            var from = at;
            var inner = false;
            while (at < end && (char.IsLetter(text[at]) || (text[at] is '\'' or '’' && at + 1 < end && char.IsLetter(text[at + 1]))))
            {
                inner |= at > from && char.IsUpper(text[at]);
                at++;
            }

            var loud = inner && shouted;
            if ((!inner || loud) && !IsCodeAt(text, from - 1, before: true) && !IsCodeAt(text, at, before: false)) yield return new(from, at - from, begins, loud);
            begins = false;
        }
    }

    /// <summary>Whether a character beside a word makes it a name of something.</summary>
    private static bool IsCodeAt(string text, int at, bool before)
    {
        if (at < 0 || at >= text.Length) return false;
        var c = text[at];
        if (char.IsDigit(c) || c is '_' or '@' or '#' or '$' or '\\' or '/' or '<' or '>' or '=' or '{' or '}' or '[' or ']') return true;
        if (c is '(' && !before) return true;
        return c is '.' or ':' && (before ? at > 0 && char.IsLetterOrDigit(text[at - 1]) : at + 1 < text.Length && char.IsLetterOrDigit(text[at + 1]));
    }
}
