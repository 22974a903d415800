using System.Globalization;

namespace Pipeline.Data.Documents;

/// <summary>Metadata by which documents can be ordered: a number, or a date as ISO 8601 has it.</summary>
public static class MetadataValue
{
    private static readonly string[] Dates = ["yyyy-MM-dd", "yyyy-MM", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ss"];

    /// <summary>A number as it is, a date as seconds since 1970 in UTC; null where it is absent or neither.</summary>
    public static double? Of(Document document, string field) => document.Metadata.GetValueOrDefault(field) is { } text ? Of(text) : null;

    public static double? Of(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : Time(text);

    /// <summary>Seconds since 1970 in UTC of a date or a year of four digits; null where it is none.</summary>
    public static double? Time(string text)
    {
        if (DateTimeOffset.TryParseExact(text.Trim(), Dates, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            || DateTimeOffset.TryParseExact(text.Trim(), "yyyy", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time))
            return (time - DateTimeOffset.UnixEpoch).TotalSeconds;
        return null;
    }
}
