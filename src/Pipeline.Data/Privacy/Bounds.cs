using System.Buffers;

namespace Pipeline.Data.Privacy;

/// <summary>Where a number may begin and end so that it is not a part of a longer number, a version or a name.</summary>
internal static class Bounds
{
    private const int LookBack = 32;
    private const string Between = " \t\u00a0=:\"'`(>";

    private static readonly SearchValues<char> LetterValues = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    public static bool Begins(ReadOnlySpan<char> text, int at)
    {
        if (at == 0) return true;
        var before = text[at - 1];
        if (char.IsLetterOrDigit(before) || before is '_' or '#' or '$' or '€' or '£' or '%' or '@') return false;
        return at < 2 || !Joins(before, text[at - 2]);
    }

    public static bool Ends(ReadOnlySpan<char> text, int end)
    {
        if (end >= text.Length) return true;
        var after = text[end];
        if (char.IsLetterOrDigit(after) || after is '_' or '%' or '@') return false;
        return end + 1 >= text.Length || !Joins(after, text[end + 1]);
    }

    /// <summary>Whether one of some words stands before a number, perhaps with a sign or a number of its own between them: <c>Version=</c>, <c>ISBN-13:</c>.</summary>
    public static bool IsBehind(ReadOnlySpan<char> text, int at, string[] words)
    {
        var before = text[Math.Max(0, at - LookBack)..at].TrimEnd(Between);
        if (before.EndsWith("-10") || before.EndsWith("-13")) before = before[..^3];
        var word = before[(before.LastIndexOfAnyExcept(LetterValues) + 1)..];
        foreach (var one in words)
            if (word.Equals(one, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    /// <summary>Whether a mark ties a number to what stands on its other side. A placeholder there is what was something tied.</summary>
    private static bool Joins(char mark, char beyond) => mark switch
    {
        '.' or ',' or '-' => char.IsLetterOrDigit(beyond) || beyond is '[' or ']',
        '/' or ':' or '+' => char.IsAsciiDigit(beyond) || beyond is '[' or ']',
        _ => false,
    };
}

/// <summary>Groups of digits with what stands between them: <c>(020) 7946-0958</c> is 3, 4 and 4 digits.</summary>
internal ref struct DigitGroups
{
    private const int MostGroups = 8;

    private Groups lengths;
    private Groups ends;

    /// <summary>Reads groups from a digit on. Between two groups stands one of <paramref name="separators"/>, or a bracket with or without a blank.</summary>
    public DigitGroups(ReadOnlySpan<char> text, int at, ReadOnlySpan<char> separators)
    {
        while (Count < MostGroups)
        {
            var end = at;
            while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
            (lengths[Count], ends[Count]) = (end - at, end);
            Digits += end - at;
            Count++;
            var (next, separator, brackets) = (end, '\0', false);
            if (next < text.Length && text[next] == ')') (next, brackets) = (next + 1, true);
            if (next < text.Length && separators.Contains(text[next])) separator = text[next++];
            if (next < text.Length && text[next] == '(') (next, brackets) = (next + 1, true);
            if (next == end || next >= text.Length || !char.IsAsciiDigit(text[next])) return;
            if (separator != '\0') Separator = Separator == separator || Separator == '\0' ? separator : 'x';
            Brackets |= brackets;
            at = next;
        }

        // More groups than anything has that is looked for here.
        Count = 0;
    }

    public int Count { get; private set; }

    public int Digits { get; private set; }

    public bool Brackets { get; private set; }

    /// <summary>What stands between groups: <c>\0</c> for nothing, <c>x</c> for several.</summary>
    public char Separator { get; private set; }

    public readonly int this[int group] => lengths[group];

    public readonly int EndOf(int group) => ends[group];

    [System.Runtime.CompilerServices.InlineArray(MostGroups)]
    private struct Groups
    {
        private int first;
    }
}
