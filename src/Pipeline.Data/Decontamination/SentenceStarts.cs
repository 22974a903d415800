using Pipeline.Data.Quality;

namespace Pipeline.Data.Decontamination;

/// <summary>Where sentences begin, also those that begin without a capital. A line begins one as well, where nobody wrote a mark.</summary>
internal static class SentenceStarts
{
    private const int LeastLetters = 3;

    /// <summary>Ascending, the first of them 0.</summary>
    public static List<int> Of(string text)
    {
        var starts = new List<int> { 0 };
        for (var start = 0; start < text.Length;)
        {
            var line = text.IndexOf('\n', start) is >= 0 and var stop ? stop + 1 : text.Length;
            while (start < line)
            {
                var end = start + Sentences.EndOf(text.AsSpan(start, line - start), 0);
                AddLowerCase(text, start, end, starts);
                if (end < text.Length) starts.Add(end);
                start = end;
            }
        }

        return starts;
    }

    /// <summary>Many do not begin sentences with capitals: after a word that is too long for most abbreviations a mark and a blank are enough.</summary>
    private static void AddLowerCase(string text, int start, int end, List<int> starts)
    {
        for (var at = start + 1; at + 1 < end; at++)
        {
            if (!char.IsWhiteSpace(text[at + 1]) || text[at] is not ('.' or '?' or '!' or '…') || (text[at] == '.' && !EndsInWord(text.AsSpan(start, at - start)))) continue;
            var next = at + 1;
            while (next < end && char.IsWhiteSpace(text[next])) next++;
            if (next >= end || !char.IsLower(text[next])) continue;
            starts.Add(next);
            start = at = next;
        }
    }

    private static bool EndsInWord(ReadOnlySpan<char> text)
    {
        var letters = 0;
        while (letters < text.Length && letters < LeastLetters && char.IsLetter(text[text.Length - 1 - letters])) letters++;
        return letters == LeastLetters;
    }
}
