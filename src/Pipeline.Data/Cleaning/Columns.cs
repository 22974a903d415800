using System.Buffers;

namespace Pipeline.Data.Cleaning;

/// <summary>
/// Which lines of a text are rows of a table, by what consecutive ones have at the same place: two blanks or more on three lines (a rule of marks counts for any), a bar or the crossing of rules on two, or as many tabs on three; and those of two lines or with wrapped cells (<see cref="WrappedRows"/>).
/// Their blanks are their columns, those of the last column but for wrapped cells. Places beyond <see cref="Widest"/> are not looked at.
/// </summary>
internal sealed class Columns
{
    public const int Widest = 256;
    private const int Rows = 3, BarRows = 2;

    private static readonly SearchValues<char> BarSigns = SearchValues.Create("|+│║┃┼╬╋├┤┬┴");
    private static readonly SearchValues<char> RuleSigns = SearchValues.Create("-=_*~#+|:. \t");
    private static readonly SearchValues<char> Strokes = SearchValues.Create("-=_*~#");

    private readonly int[] kept;

    private Columns(int[] kept) => this.kept = kept;

    /// <summary>Up to which place the blanks of a line stay; 0 where it is no row.</summary>
    public int this[int line] => line < kept.Length ? kept[line] : 0;

    /// <summary>Null where no line can be one.</summary>
    public static Columns? In(ReadOnlySpan<char> text)
    {
        if (text.IndexOf("  ") < 0 && text.IndexOf('\t') < 0) return null;
        var kept = new int[text.Count('\n') + 1];
        var (gaps, bars, tabs) = (new Run(Rows), new Run(BarRows), new TabRun());
        var wrapped = new WrappedRows();
        var (number, any) = (0, false);
        // Most texts have neither, and need not be looked through for them line by line.
        var (mayHaveBars, mayHaveTabs) = (text.ContainsAny(BarSigns), text.Contains('\t'));
        for (var start = 0; start < text.Length; number++)
        {
            var length = text[start..].IndexOf('\n') is >= 0 and var feed ? feed : text.Length - start;
            var line = text.Slice(start, length).TrimEnd();
            start += length + 1;
            var content = line.IndexOfAnyExcept(' ', '\t');
            if (content < 0) line = [];
            else line = line[..Math.Min(line.Length, Widest)];
            var rule = content >= 0 && RuleSigns.Contains(line[content]) && IsRule(line[content..]);
            any |= gaps.Next(rule ? Places.All : content < 0 ? default : GapsOf(line, content), kept, number);
            if (!rule) any |= wrapped.Next(line, content, kept, number);
            if (mayHaveBars) any |= bars.Next(content < 0 ? default : BarsOf(line, content), kept, number);
            if (mayHaveTabs) any |= tabs.Next(rule || content < 0 ? 0 : line[content..].Count('\t'), kept, number);
        }

        any |= wrapped.End(kept);
        return any ? new(kept) : null;
    }

    /// <summary>Where a line has two blanks in a row behind its indentation.</summary>
    private static Places GapsOf(ReadOnlySpan<char> line, int content)
    {
        var gaps = new Places();
        for (var at = content; at < line.Length && line[at..].IndexOf("  ") is >= 0 and var found; at++) gaps.Add(at += found);
        return gaps;
    }

    private static Places BarsOf(ReadOnlySpan<char> line, int content)
    {
        var bars = new Places();
        for (var at = content; at < line.Length && line[at..].IndexOfAny(BarSigns) is >= 0 and var found; at++) bars.Add(at += found);
        return bars;
    }

    /// <summary>Nothing but marks that rules are drawn with, and blanks.</summary>
    public static bool IsRule(ReadOnlySpan<char> line) => line.Length > 2 && !line.ContainsAnyExcept(RuleSigns) && line.ContainsAny(Strokes);

    /// <summary>Consecutive lines with a place in common.</summary>
    private struct Run(int least)
    {
        private Places first, second;

        /// <summary>Marks the line and those before it where they have a place in common.</summary>
        public bool Next(Places own, int[] kept, int number)
        {
            if (own.IsEmpty)
            {
                (first, second) = (default, first);
                return false;
            }

            var common = least == BarRows ? own.And(first) : own.And(first).And(second);
            // Rules alone are no table.
            var found = !common.IsEmpty && common != Places.All;
            for (var back = 0; found && back < least; back++) kept[number - back] = int.MaxValue;
            (first, second) = (own, first);
            return found;
        }
    }

    private struct TabRun
    {
        private int tabs, lines;

        public bool Next(int own, int[] kept, int number)
        {
            (tabs, lines) = (own, own > 0 && own == tabs ? lines + 1 : 1);
            var found = own > 0 && lines >= Rows;
            for (var back = 0; found && back < Rows; back++) kept[number - back] = int.MaxValue;
            return found;
        }
    }
}
