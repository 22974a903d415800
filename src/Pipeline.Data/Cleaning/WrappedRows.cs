namespace Pipeline.Data.Cleaning;

/// <summary>
/// Rows of tables that three lines in a row do not tell: cells begin at the same place on two lines at least, behind three blanks or more on one of them, and between these are lines that go on with a cell. Such a line is indented
/// as far as its cell, or is shorter than the first column; or it is empty. Two lines alone need all their gaps in common.
/// </summary>
internal struct WrappedRows
{
    private const int Gap = 2, WideGap = 3, LeastLines = 3, MostShort = 2, MostWrapped = 6;

    private Places starts, wide;
    private int first, last, cells, lines, empty, narrow, wrapped;
    private Gaps before;

    /// <param name="line">Without what is beyond <see cref="Columns.Widest"/>.</param>
    /// <param name="content">Where its first character is, -1 for none.</param>
    public bool Next(ReadOnlySpan<char> line, int content, int[] kept, int number)
    {
        if (content < 0)
        {
            before = default;
            return ++empty > 1 && End(kept);
        }

        var gaps = Gaps.Of(line, content);
        var two = gaps.Matches(before);
        if (two) kept[number - 1] = kept[number] = int.MaxValue;
        before = gaps;
        if (lines > 0)
        {
            if (starts.And(gaps.Starts) is { IsEmpty: false } common)
            {
                (starts, wide) = (common, wide.Or(gaps.Wide));
                cells++;
                wrapped = 0;
                return Went(number) || two;
            }

            if (content >= WideGap && starts.Has(content) && wrapped++ < MostWrapped) return Went(number) || two;
            if (gaps.Count == 0 && line.Length + Gap <= starts.First && narrow++ < MostShort) return two;
        }

        two |= End(kept);
        if (gaps.Count > 0 && !gaps.FollowsMarker) (starts, wide, first, last, cells, lines) = (gaps.Starts, gaps.Wide, number, number, 1, 1);
        return two;
    }

    /// <summary>Marks the lines of what was one table, and begins anew.</summary>
    public bool End(int[] kept)
    {
        var found = cells > 1 && lines >= LeastLines && !starts.And(wide).IsEmpty;
        for (var line = first; found && line <= last; line++) kept[line] = Math.Max(kept[line], starts.Last);
        (lines, cells, empty, narrow, wrapped) = (0, 0, 0, 0, 0);
        return found;
    }

    private bool Went(int number)
    {
        (last, lines, empty, narrow) = (number, lines + 1, 0, 0);
        return false;
    }

    /// <summary>The gaps of a line behind its indentation.</summary>
    private readonly record struct Gaps(Places Starts, Places Wide, Places All, int Count, bool FollowsMarker)
    {
        public static Gaps Of(ReadOnlySpan<char> line, int content)
        {
            var (starts, wide, all, count, marker) = (new Places(), new Places(), new Places(), 0, false);
            for (var at = content; at < line.Length && line[at..].IndexOf("  ") is >= 0 and var found;)
            {
                var start = at + found;
                var length = line[start..].IndexOfAnyExcept(' ');
                if (length < 0) break;
                if (count++ == 0) marker = IsMarker(line[content..start]);
                at = start + length;
                starts.Add(at);
                if (length >= WideGap) wide.Add(at);
                for (var i = start; i < at; i++) all.Add(i);
            }

            return new(starts, wide, all, count, marker);
        }

        /// <summary>Whether each gap has two places in common with that of the other line, one of them being wide.</summary>
        public bool Matches(in Gaps other)
        {
            if (Count == 0 || Count != other.Count || FollowsMarker || (Wide.IsEmpty && other.Wide.IsEmpty)) return false;
            var (common, runs) = (All.And(other.All), 0);
            for (var at = common.First; at < Columns.Widest; at++)
                if (common.Has(at) && common.Has(at + 1) && !common.Has(at - 1)) runs++;
            return runs == Count;
        }

        /// <summary>What items of lists begin with.</summary>
        private static bool IsMarker(ReadOnlySpan<char> cell) =>
            cell.Length <= 4 && (cell[^1] is '.' or ')' || !cell.ContainsAnyInRange('0', '9') && !cell.ToString().Any(char.IsLetter));
    }
}
