using System.Buffers;
using System.Text;

namespace Pipeline.Data.Privacy;

/// <summary>What goes from a text with an address: all from <paramref name="From"/> up to <paramref name="To"/> but the label of a link in it.</summary>
internal readonly record struct Gone(int From, int To, int LabelFrom, int LabelTo);

/// <summary>What would be left of an address that is taken out: its brackets, the blanks on one side, marks without words, the target of a link.</summary>
internal static class Removal
{
    private const int LongestLabel = 500, LongestTitle = 300, MostBlanks = 3;
    private const string MailScheme = "mailto:";

    /// <summary>A line of these alone says nothing.</summary>
    private static readonly SearchValues<char> Marks = SearchValues.Create(" \t\r.,;:!?-*+•–");

    /// <param name="least">Where what is left of the text ends that was looked at before.</param>
    public static Gone Around(ReadOnlySpan<char> text, int least, int start, int end)
    {
        if (text[least..start].EndsWith(MailScheme, StringComparison.OrdinalIgnoreCase)) start -= MailScheme.Length;
        if (Target(text, least, ref start, ref end) is { } labelled) return labelled;
        while (Bracketed(text, least, ref start, ref end)) { }
        Blanks(text, least, ref start, ref end);
        return new(start, end, end, end);
    }

    /// <summary>The text without the lines that an address was taken from and that now have marks alone.</summary>
    /// <param name="places">Where the addresses were, ascending.</param>
    public static string WithoutBareLines(string text, List<int> places)
    {
        StringBuilder? kept = null;
        var (copied, judged) = (0, -1);
        foreach (var place in places)
        {
            // A line is judged once, however many addresses it had.
            if (place <= judged) continue;
            var start = place == 0 ? 0 : text.LastIndexOf('\n', place - 1) + 1;
            judged = text.IndexOf('\n', place) is >= 0 and var feed ? feed : text.Length;
            if (text.AsSpan(start, judged - start).ContainsAnyExcept(Marks)) continue;
            (kept ??= new(text.Length)).Append(text, copied, start - copied);
            copied = Math.Min(text.Length, judged + 1);
        }

        return kept is null ? text : kept.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>Of <c>[label](address "title")</c> the label stays. Without one all of it is the address.</summary>
    private static Gone? Target(ReadOnlySpan<char> text, int least, ref int start, ref int end)
    {
        var (from, to) = (start, end);
        if (from > least && to < text.Length && text[from - 1] == '<' && text[to] == '>') (from, to) = (from - 1, to + 1);
        if (from < least + 3 || text[from - 1] != '(' || text[from - 2] != ']') return null;
        var close = text[to..Math.Min(text.Length, to + LongestTitle)].IndexOfAny(')', '\n');
        if (close < 0 || text[to + close] != ')' || !(close == 0 || text[to..(to + close)].TrimEnd() is [' ', '"' or '\'', .., '"' or '\''])) return null;
        to += close + 1;
        var floor = Math.Max(least, from - 2 - LongestLabel);
        var open = text[floor..(from - 2)].LastIndexOfAny('[', ']', '\n');
        if (open < 0 || text[floor + open] != '[') return null;
        var label = floor + open + 1;
        var outer = label - 1 > least && text[label - 2] == '!' ? label - 2 : label - 1;
        if (!text[label..(from - 2)].IsWhiteSpace()) return new(outer, to, label, from - 2);
        (start, end) = (outer, to);
        return null;
    }

    /// <summary>Takes in the brackets or quotation marks that have nothing else between them.</summary>
    private static bool Bracketed(ReadOnlySpan<char> text, int least, ref int start, ref int end)
    {
        var (from, to) = (start, end);
        while (from > least && start - from < MostBlanks && text[from - 1] == ' ') from--;
        while (to < text.Length && to - end < MostBlanks && text[to] == ' ') to++;
        if (from == least || to == text.Length) return false;
        var empty = (text[from - 1], text[to]) switch
        {
            ('(', ')') or ('[', ']') or ('<', '>') or ('{', '}') or ('“', '”') or ('‘', '’') or ('«', '»') => true,
            // Behind a sign they are an empty value.
            ('"', '"') or ('\'', '\'') => from - 1 == least || char.IsWhiteSpace(text[from - 2]),
            _ => false,
        };
        if (empty) (start, end) = (from - 1, to + 1);
        return empty;
    }

    /// <summary>One blank stays between words, none before a mark or beside the end of a line.</summary>
    private static void Blanks(ReadOnlySpan<char> text, int least, ref int start, ref int end)
    {
        var from = start;
        while (from > least && text[from - 1] is ' ' or '\t') from--;
        var to = end;
        while (to < text.Length && text[to] is ' ' or '\t') to++;
        var begins = from == 0 || text[from - 1] is '\n' or '(' or '[' or '{';
        var ends = to == text.Length || text[to] is '\n' or '\r' or '.' or ',' or ';' or ':' or '!' or '?' or ')' or ']' or '}';
        if (begins) end = to;
        else if (ends || (from < start && to > end)) start = from;
        if (ends && to < text.Length && text[to] is '.' or ',' or ';' or ':' or '!' or '?') DropMark(text, least, ref start, ref end, to);
    }

    /// <summary>Of two marks that now meet (<c>See:.</c>, <c>see,,</c>) the first goes.</summary>
    private static void DropMark(ReadOnlySpan<char> text, int least, ref int start, ref int end, int mark)
    {
        if (start > least && text[start - 1] is ',' or ';' or ':') (start, end) = (start - 1, mark);
    }
}
