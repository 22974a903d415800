using System.Globalization;

namespace Pipeline.Data.Quality;

/// <summary>A document is dropped where what is measured lies outside the bounds; a bound itself is inside.</summary>
internal sealed record QualityRule(string Name, double Minimum, double Maximum, Func<MeasuredText, double> Measure)
{
    public static QualityRule AtLeast(string name, double minimum, Func<MeasuredText, double> measure) => new(name, minimum, double.PositiveInfinity, measure);

    public static QualityRule AtMost(string name, double maximum, Func<MeasuredText, double> measure) => new(name, double.NegativeInfinity, maximum, measure);

    public string Threshold => double.IsFinite(Minimum) ? Text(Minimum) : Text(Maximum);

    public static string Text(double value) => Math.Round(value, 4).ToString(CultureInfo.InvariantCulture);
}
