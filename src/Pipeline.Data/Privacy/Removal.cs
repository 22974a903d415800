using System.Buffers;
using System.Text;

namespace Pipeline.Data.Privacy;

/// <summary>What goes from a text with an address: all from <paramref name="From"/> up to <paramref name="To"/> but the label of a link in it.</summary>
internal readonly record struct Gone(int From, int To, int LabelFrom, int LabelTo);

/// <summary>What would be left of an address that is taken out: its brackets, the blanks on one side, marks without words, the target of a link.</summary>
internal static class Removal
{
    /// <summary>So many characters before an address tell whether it begins a line.</summary>
    public const int Head = 16;

    private const int LongestLabel = 500, LongestTitle = 300, LongestNote = 30, MostBlanks = 3;

    /// <summary>What says that an address follows.</summary>
    private static readonly string[] Prefixes = ["mailto:", "URL:", "link:"];

    /// <summary>A line of these alone says nothing.</summary>
    private static readonly SearchValues<char> Marks = SearchValues.Create(" \t\r.,;:!?-*+•–");

    /// <param name="least">Where what is left of the text ends that was looked at before.</param>
    /// <param name="kept">The last characters that are left of what was looked at before, at most <see cref="Head"/>.</param>
    public static Gone Around(ReadOnlySpan<char> text, int least, int start, int end, string kept)
    {
        foreach (var prefix in Prefixes)
            if (text[least..start].EndsWith(prefix, StringComparison.OrdinalIgnoreCase)) start -= prefix.Length;
        if (MarkedLinks.Around(text, least, start, end) is { } marked)
        {
            if (marked.LabelFrom < marked.LabelTo) return marked;
            (start, end) = (marked.From, marked.To);
        }

        if (Target(text, least, ref start, ref end) is { } labelled) return labelled;
        var bare = true;
        while (Bracketed(text, least, ref start, ref end)) bare = false;
        Blanks(text, least, ref start, ref end, bare, kept);
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
            if (!IsBare(text.AsSpan(start, judged - start))) continue;
            (kept ??= new(text.Length)).Append(text, copied, start - copied);
            copied = Math.Min(text.Length, judged + 1);
        }

        return kept is null ? text : kept.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>Marks, or the mark of a note alone: <c>[2]</c>, <c>.. [2]</c>.</summary>
    private static bool IsBare(ReadOnlySpan<char> line)
    {
        var first = line.IndexOfAnyExcept(Marks);
        if (first < 0) return true;
        line = line[first..(line.LastIndexOfAnyExcept(Marks) + 1)];
        return line is ['[', _, .., ']'] && line.Length < LongestNote && !line[1..^1].ContainsAny("[] ");
    }

    /// <summary>Of <c>[label](address "title")</c> the label stays. Without one all of it is the address.</summary>
    private static Gone? Target(ReadOnlySpan<char> text, int least, ref int start, ref int end)
    {
        var (from, to) = (start, end);
        if (from > least && to < text.Length && text[from - 1] == '<' && text[to] == '>') (from, to) = (from - 1, to + 1);
        while (from > least + 3 && start - from < MostBlanks && text[from - 1] == ' ') from--;
        if (from < least + 3 || text[from - 1] != '(' || text[from - 2] != ']') return null;
        var close = EndOfTarget(text, to);
        if (close < 0) return null;
        to = close;
        var open = OpeningOf(text, least, from - 2);
        if (open < 0) return null;
        var label = open + 1;
        var outer = open > least && text[open - 1] == '!' ? open - 1 : open;
        // A picture that is a link itself.
        if (outer < open && outer > least && text[outer - 1] == '[' && text[to..] is [']', '(', ..] && EndOfDestination(text, to + 2) is > 0 and var linked) (outer, to) = (outer - 1, linked);
        if (!text[label..(from - 2)].IsWhiteSpace()) return new(outer, to, label, from - 2);
        (start, end) = (outer, to);
        return null;
    }

    /// <summary>The place after the bracket that closes the target of a link, perhaps behind a title; -1 where none does.</summary>
    private static int EndOfTarget(ReadOnlySpan<char> text, int at)
    {
        var window = text[at..Math.Min(text.Length, at + LongestTitle)];
        var rest = window.TrimStart(" \t");
        if (rest is [')', ..]) return at + window.Length - rest.Length + 1;
        if (rest.Length == window.Length && rest is not ['\n', ..]) return -1;
        // A title in the next line, or what is left of an address that was written with blanks.
        if (rest is ['\n', ..]) rest = rest[1..].TrimStart(" \t");
        if (rest is not ['"' or '\'', ..]) return rest.Length < window.Length && rest.IndexOfAny("()\n") is >= 0 and var stop && rest[stop] == ')' && window[..^rest.Length].IndexOf('\n') < 0 ? at + window.Length - rest.Length + stop + 1 : -1;
        var quote = rest[1..].IndexOfAny(rest[0], '\n');
        if (quote < 0 || rest[quote + 1] != rest[0]) return -1;
        var after = rest[(quote + 2)..].TrimStart(" \t");
        return after is [')', ..] ? at + window.Length - after.Length + 1 : -1;
    }

    /// <summary>As <see cref="EndOfTarget"/>, from where any destination begins.</summary>
    private static int EndOfDestination(ReadOnlySpan<char> text, int at)
    {
        var depth = 0;
        for (var end = at; end < text.Length && end - at < LongestLabel; end++)
        {
            if (text[end] == '(') depth++;
            else if (text[end] is ' ' or '\t' or '\n' || (text[end] == ')' && --depth < 0)) return text[end] == '\n' ? -1 : EndOfTarget(text, end);
        }

        return -1;
    }

    /// <summary>The bracket that opens what ends before <paramref name="close"/>, in the same line; -1 where there is none.</summary>
    private static int OpeningOf(ReadOnlySpan<char> text, int least, int close)
    {
        var depth = 0;
        for (var at = close - 1; at >= least && close - at <= LongestLabel && text[at] != '\n'; at--)
        {
            if (text[at] == ']') depth++;
            else if (text[at] == '[' && depth-- == 0) return at;
        }

        return -1;
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
            // Emphasis, of nothing.
            ('*', '*') or ('_', '_') or ('`', '`') => from == start && to == end,
            // Behind a sign they are an empty value.
            ('"', '"') or ('\'', '\'') => from - 1 == least || char.IsWhiteSpace(text[from - 2]),
            _ => false,
        };
        if (empty) (start, end) = (from - 1, to + 1);
        return empty;
    }

    /// <summary>One blank stays between words, none before a mark or beside the end of a line.</summary>
    /// <param name="bare">Whether the address was a part of the sentence and not in brackets.</param>
    private static void Blanks(ReadOnlySpan<char> text, int least, ref int start, ref int end, bool bare, string kept)
    {
        var from = start;
        while (from > least && text[from - 1] is ' ' or '\t') from--;
        var to = AfterBlanks(text, end);
        var head = (from - least < Head ? $"{kept}{text[least..from]}" : text[(from - Head)..from]).TrimEnd(" \t");
        var before = head.IsEmpty ? '\n' : head[^1];
        var item = head is [.., '*' or '-' or '+' or '•'] && head[..^1].TrimEnd(" \t") is [] or [.., '\n'];
        var begins = item || before is '\n' or '(' or '[' or '{';
        // What set the address apart from what comes next says nothing without it.
        if ((bare || begins) && to < text.Length && text[to] is ',' or ';' or ':' && AfterBlanks(text, to + 1) is var next && next > to + 1 && next < text.Length && (begins || (from < start && !IsMark(before))) && char.IsLetterOrDigit(text[next])) to = end = next;
        else if (begins && to > end && to + 1 < text.Length && text[to] is '-' or '–' or '—' && text[to + 1] is ' ') to = end = AfterBlanks(text, to + 1);
        var ends = to == text.Length || text[to] is '\n' or '\r' or ')' or ']' or '}' || IsMark(text[to]);
        // What would begin a line and ends a part of the sentence above goes up to it.
        if (before == '\n' && ends && !item && to < text.Length && text[to] is not ('\n' or '\r') && EndOfLineAbove(text, least, from) is > 0 and var above) (start, end) = (above, to);
        else if (begins) end = to;
        else if (ends || (from < start && to > end)) start = from;
        if (ends && to < text.Length && IsMark(text[to])) DropMark(text, least, ref start, ref end, to);
    }

    /// <summary>The place behind the last character of the line above, if that has one; 0 where it has none.</summary>
    private static int EndOfLineAbove(ReadOnlySpan<char> text, int least, int from)
    {
        var end = from - 1;
        while (end > least && text[end - 1] is ' ' or '\t' or '\r') end--;
        return end > least && text[end - 1] != '\n' ? end : 0;
    }

    private static int AfterBlanks(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t') at++;
        return at;
    }

    private static bool IsMark(char c) => c is '.' or ',' or ';' or ':' or '!' or '?';

    /// <summary>Of two marks that now meet (<c>See:.</c>, <c>see,,</c>) the first goes.</summary>
    private static void DropMark(ReadOnlySpan<char> text, int least, ref int start, ref int end, int mark)
    {
        if (start > least && text[start - 1] is ',' or ';' or ':') (start, end) = (start - 1, mark);
    }
}
