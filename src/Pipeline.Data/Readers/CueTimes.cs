using System.Globalization;

namespace Pipeline.Data.Readers;

internal static class CueTimes
{
    /// <summary>Seconds of <c>00:01:02.500 --> 00:01:04,000</c>, hours left out or not; null for any other line.</summary>
    public static (double From, double To)? Parse(string line)
    {
        var arrow = line.IndexOf("-->", StringComparison.Ordinal);
        if (arrow < 0 || line.Length > 500) return null;
        var to = line.AsSpan(arrow + 3).Trim();
        var space = to.IndexOfAny(' ', '\t');
        return Seconds(line.AsSpan(0, arrow).Trim()) is { } from && Seconds(space < 0 ? to : to[..space]) is { } until ? (from, until) : null;
    }

    private static double? Seconds(ReadOnlySpan<char> time)
    {
        var (total, parts) = (0.0, 0);
        foreach (var range in time.Split(':'))
        {
            if (++parts > 3 || !double.TryParse(time[range].ToString().Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var part)) return null;
            total = total * 60 + part;
        }

        return parts >= 2 ? total : null;
    }
}
