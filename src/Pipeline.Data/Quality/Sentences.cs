using System.Buffers;
using System.Collections.Frozen;

namespace Pipeline.Data.Quality;

/// <summary>Ends of sentences by marks: one that ends a sentence, perhaps closing quotes or brackets, a blank, and no lower-case letter after it. A few abbreviations and initials end none.</summary>
internal static class Sentences
{
    private static readonly FrozenSet<string> Abbreviations = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "mr", "mrs", "ms", "dr", "prof", "rev", "gen", "sen", "rep", "st", "jr", "sr", "vs", "etc", "inc", "ltd", "co", "corp", "no", "nos", "vol", "fig", "al", "approx", "dept", "est", "e.g", "i.e", "u.s", "u.k", "p", "pp", "ed", "eds", "cf");

    private static readonly SearchValues<char> Marks = SearchValues.Create(".?!。！？");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> IsAbbreviation = Abbreviations.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The place after the sentence that begins at <paramref name="from"/>, and after the blanks behind it.</summary>
    public static int EndOf(ReadOnlySpan<char> text, int from)
    {
        for (var at = from; at < text.Length && text[at..].IndexOfAny(Marks) is >= 0 and var found;)
        {
            at += found;
            var mark = at;
            while (at < text.Length && text[at] is '.' or '?' or '!' or '。' or '！' or '？' or '"' or '\'' or ')' or ']' or '”' or '’') at++;
            if (text[mark] is '。' or '！' or '？') return Blanks(text, at);
            if (at < text.Length && !char.IsWhiteSpace(text[at])) continue;
            var next = Blanks(text, at);
            if (next < text.Length && char.IsLower(text[next])) continue;
            if (text[mark] == '.' && next < text.Length && IsShort(text[from..mark])) continue;
            return next;
        }

        return text.Length;
    }

    public static int Count(ReadOnlySpan<char> text)
    {
        var sentences = 0;
        for (var at = Blanks(text, 0); at < text.Length; at = EndOf(text, at)) sentences++;
        return sentences;
    }

    private static bool IsShort(ReadOnlySpan<char> before)
    {
        // Longer words than any abbreviation are no reason to look further back.
        var start = before.Length;
        while (start > 0 && before.Length - start < 8 && !char.IsWhiteSpace(before[start - 1]) && before[start - 1] is not ('(' or '[' or '"' or '\'')) start--;
        var word = before[start..];
        return (word.Length == 1 && char.IsUpper(word[0])) || IsAbbreviation.Contains(word);
    }

    private static int Blanks(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return at;
    }
}
