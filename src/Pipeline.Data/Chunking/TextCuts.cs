using System.Globalization;
using Pipeline.Data.Cleaning;
using Pipeline.Data.Quality;

namespace Pipeline.Data.Chunking;

/// <summary>Where a text can be cut, from the best place to the worst: between paragraphs, sentences, lines, words, characters. Blanks belong to what is before them, and code is cut between lines.</summary>
internal sealed class TextCuts(string text, bool markdown)
{
    private const int MostMarks = 32;

    private enum Rank
    {
        Character,
        Word,
        Line,
        Sentence,
        Paragraph,
    }

    private readonly List<CodeRegion> code = CodeRegions.In(text, markdown);

    /// <summary>Of the best places behind <paramref name="least"/> and up to <paramref name="most"/> the nearest to <paramref name="wanted"/>.</summary>
    /// <param name="start">Where the piece begins: sentences are told from there.</param>
    public int Best(int start, int least, int wanted, int most)
    {
        if (most >= text.Length) return text.Length;
        var (best, rank) = (Whole(most, start), Rank.Character);
        var window = text.AsSpan(0, most + 1);
        var (sentence, block) = (start, 0);
        for (var at = least; at <= most; at++)
        {
            if (at == 0 || char.IsWhiteSpace(text[at]) || !char.IsWhiteSpace(text[at - 1])) continue;
            var own = RankOf(window, start, at, ref sentence, ref block);
            if (own < rank || (own == rank && Math.Abs(at - wanted) >= Math.Abs(best - wanted))) continue;
            (best, rank) = (at, own);
        }

        return best;
    }

    /// <summary>The first place for words from <paramref name="at"/> on, up to <paramref name="most"/>; that where there is none.</summary>
    public int NextWord(int at, int most)
    {
        for (; at < most; at++)
            if (at > 0 && char.IsWhiteSpace(text[at - 1]) && !char.IsWhiteSpace(text[at])) return at;
        return most;
    }

    /// <summary>The last place behind <paramref name="least"/> and up to <paramref name="at"/> that parts no letter from its marks; where there is none, one that parts no pair of surrogates.</summary>
    public int Whole(int at, int least)
    {
        if (at >= text.Length) return text.Length;
        var whole = at;
        while (whole > least && at - whole < MostMarks && IsMark(text[whole])) whole--;
        if (whole > least && !IsMark(text[whole])) return whole;
        return !(char.IsLowSurrogate(text[at]) && char.IsHighSurrogate(text[at - 1])) ? at : at - 1 > least ? at - 1 : at + 1;
    }

    private static bool IsMark(char c) => char.IsLowSurrogate(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.Format;

    private Rank RankOf(ReadOnlySpan<char> window, int start, int at, ref int sentence, ref int block)
    {
        var feeds = 0;
        for (var before = at - 1; before >= 0 && feeds < 2 && char.IsWhiteSpace(text[before]); before--)
            if (text[before] == '\n') feeds++;
        while (block < code.Count && code[block].End <= at) block++;
        if (block < code.Count && code[block].Start < at && code[block].Kind == CodeKind.Block) return feeds > 0 ? Rank.Line : Rank.Word;
        if (feeds > 1) return Rank.Paragraph;
        while (sentence < at) sentence += Sentences.EndOf(window[sentence..], 0);
        return sentence == at ? Rank.Sentence : feeds > 0 ? Rank.Line : Rank.Word;
    }
}
