using System.Globalization;

namespace Pipeline.Engine.Planning;

/// <summary>Amounts of a unit as people read them.</summary>
public static class Amounts
{
    private static readonly string[] Thousands = ["", "k", "M", "G", "T", "P", "E"];

    /// <summary><c>12.3M</c> of no unit, <c>4.1 TFLOP</c>, <c>413 MB</c>.</summary>
    public static string Say(double value, string unit)
    {
        var thousands = value < 1 ? 0 : Math.Min(Thousands.Length - 1, (int)(Math.Log10(value) / 3));
        var scaled = value / Math.Pow(1000, thousands);
        return scaled.ToString(scaled >= 100 || thousands == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + (unit.Length > 0 ? " " : "") + Thousands[thousands] + unit;
    }
}
