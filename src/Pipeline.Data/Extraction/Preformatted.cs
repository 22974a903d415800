namespace Pipeline.Data.Extraction;

/// <summary>Text that keeps its lines: code, or prose that somebody wrapped by hand, as mails and standards are.</summary>
internal static class Preformatted
{
    private const int LeastWords = 25;
    private const int FullLine = 45;
    private const string OfCode = "{}[]<>=;|\\$#@~^_`+*/";

    /// <summary>Whether a line of prose goes on with the sentence of the line before.</summary>
    public static bool GoesOn(string before, string line)
    {
        var text = line.TrimStart();
        if (before.Trim().Length < FullLine || line.Length - text.Length > before.Length - before.TrimStart().Length) return false;
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return text[0] is not ('-' or '*' or '•' or '>' or '|') && !(digits > 0 && text[digits] is '.' or ')');
    }

    /// <summary>Sentences in lines of a usual width, with next to none of the signs that code is made of.</summary>
    public static bool IsProse(string text)
    {
        var (letters, signs, words, stops, lines, full) = (0, 0, 0, 0, 0, 0);
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan()[range].Trim();
            if (line.IsEmpty) continue;
            lines++;
            if (line.Length >= FullLine) full++;
            for (var i = 0; i < line.Length; i++)
            {
                var c = line[i];
                var next = i + 1 < line.Length ? line[i + 1] : ' ';
                if (char.IsLetter(c)) letters++;
                else if (OfCode.Contains(c)) signs++;
                if (char.IsLetter(c) && next is ' ' or ',' or '.' or ';' or ':' or '?' or '!') words++;
                if (c is '.' or '?' or '!' or '。' && next is ' ' or '"' or ')') stops++;
            }
        }

        return words >= LeastWords && signs * 33 <= letters && stops * 40 >= words && full * 2 >= lines;
    }
}
