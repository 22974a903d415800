using System.Text;

namespace Pipeline.Data.Readers;

/// <summary>What is left around something that was taken out of a sentence: brackets with nothing in them, spaces before a comma.</summary>
internal static class WikiGaps
{
    private const string Leftovers = " ,;:\u00a0";

    public static string Close(StringBuilder text)
    {
        var closed = new StringBuilder(text.Length);
        // The bracket that is open, and whether something was taken out since.
        var (bracket, gone, justGone) = (-1, false, false);
        foreach (var chunk in text.GetChunks())
        {
            foreach (var c in chunk.Span)
            {
                if (c == WikiText.Gap)
                {
                    (gone, justGone) = (true, true);
                    continue;
                }

                // What led to the next word leads to nothing: "(; born 1900".
                if (justGone && bracket == closed.Length - 1 && bracket >= 0 && Leftovers.Contains(c)) continue;
                if (justGone && c is ',' or '.' or ';' or ')' or '\n') TrimEnd(closed, " \u00a0");
                if (c == ')' && gone && bracket >= 0 && IsEmpty(closed, bracket + 1))
                {
                    closed.Length = bracket;
                    TrimEnd(closed, " \u00a0");
                    (bracket, gone) = (-1, false);
                    continue;
                }

                if (c == '(') (bracket, gone) = (closed.Length, false);
                else if (c is ')' or '\n') (bracket, gone) = (-1, false);
                closed.Append(c);
                justGone &= c is ' ' or '\u00a0';
            }
        }

        return closed.ToString();
    }

    private static bool IsEmpty(StringBuilder text, int from)
    {
        for (var i = from; i < text.Length; i++)
            if (!Leftovers.Contains(text[i])) return false;
        return true;
    }

    private static void TrimEnd(StringBuilder text, string these)
    {
        while (text.Length > 0 && these.Contains(text[^1])) text.Length--;
    }
}
