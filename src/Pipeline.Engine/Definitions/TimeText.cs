namespace Pipeline.Engine.Definitions;

/// <summary>Lengths of time as a file writes them: <c>90s</c>, <c>2h</c>, <c>1h30m</c>, <c>1.5h</c>.</summary>
public static class TimeText
{
    public const string Rule = "write a number and a unit, such as 90s, 30m, 2h, 1h30m or 1d";

    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private static readonly System.Buffers.SearchValues<char> Digits = System.Buffers.SearchValues.Create("0123456789.");

    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1)];

    /// <summary>Null where the text is no length of time, or one of more than 30 days.</summary>
    public static TimeSpan? Parse(string text)
    {
        var rest = text.AsSpan();
        var seconds = 0.0;
        var before = double.PositiveInfinity;
        do
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0 || Scalars.Number(rest[..digits].ToString()) is not { } count) return null;
            rest = rest[digits..];
            var (unit, scale) = UnitOf(rest);
            // From large to small, each once: 30m1h is likelier a slip than meant.
            if (unit is null || scale >= before) return null;
            rest = rest[unit.Length..];
            (seconds, before) = (seconds + (count * scale), scale);
        }
        while (!rest.IsEmpty);
        return seconds <= Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    private static (string? Unit, double Seconds) UnitOf(ReadOnlySpan<char> text)
    {
        foreach (var unit in Units)
        {
            if (text.StartsWith(unit.Unit, StringComparison.Ordinal)) return unit;
        }

        return (null, 0);
    }
}
