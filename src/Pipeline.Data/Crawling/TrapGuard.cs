using System.Text;

namespace Pipeline.Data.Crawling;

/// <summary>Refuses addresses that look made without end. What it says depends on what it was asked before, so it has to be asked in an order that is always the same.</summary>
internal sealed class TrapGuard(TrapLimits limits)
{
    private readonly Dictionary<string, int> queries = new(StringComparer.Ordinal), dates = new(StringComparer.Ordinal);

    /// <summary>A word of <see cref="Refusals"/>, or null.</summary>
    public string? Judge(Uri address)
    {
        var segments = address.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments.Length > limits.Segments) return Refusals.Segments;
        if (segments.CountBy(s => s).Any(s => s.Value > limits.Repeats)) return Refusals.Repeats;
        // Dates first: a calendar must not use up the queries of what else is there.
        if (HasDate(address.PathAndQuery) && Exceeds(dates, address.Authority + Shape(address.PathAndQuery), limits.Dates)) return Refusals.Dates;
        return address.Query.Length > 0 && Exceeds(queries, address.Authority + address.AbsolutePath, limits.Queries) ? Refusals.Queries : null;
    }

    private static bool Exceeds(Dictionary<string, int> counts, string of, int most) => (counts[of] = counts.GetValueOrDefault(of) + 1) > most;

    /// <summary>A year and a month, as numbers next to each other: <c>2031/05</c>, <c>2031-5-1</c>, <c>year=2031&amp;month=5</c>, <c>203105</c>.</summary>
    private static bool HasDate(string text)
    {
        var earlier = "";
        foreach (var number in Numbers(text))
        {
            if (IsYear(number) && IsMonth(earlier)) return true;
            if (IsYear(earlier) && IsMonth(number)) return true;
            if (number.Length is 6 or 8 && IsYear(number[..4]) && IsMonth(number[4..6])) return true;
            earlier = number;
        }

        return false;

        static bool IsYear(string number) => number.Length == 4 && number[0] is >= '1' and <= '9';
        static bool IsMonth(string number) => number.Length is 1 or 2 && int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) is >= 1 and <= 12;
    }

    private static IEnumerable<string> Numbers(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var start = i;
            while (i < text.Length && char.IsAsciiDigit(text[i])) i++;
            if (i > start) yield return text[start..i];
        }
    }

    /// <summary>With <c>#</c> for each run of digits.</summary>
    private static string Shape(string text)
    {
        var shape = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) shape.Append(c);
            else if (shape.Length == 0 || shape[^1] != '#') shape.Append('#');
        }

        return shape.ToString();
    }
}
