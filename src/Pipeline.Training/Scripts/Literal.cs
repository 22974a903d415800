using System.Globalization;

namespace Pipeline.Training.Scripts;

/// <summary>Numbers as TorchScript writes them, to the last bit.</summary>
static class Literal
{
    public static string Of(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();
        // TorchScript would read "0" as an integer and refuse it as a probability.
        return text.AsSpan().ContainsAny('.', 'e') ? text : text + ".0";
    }

    public static string Of(IEnumerable<double> values) => $"[{string.Join(", ", values.Select(Of))}]";

    public static string Of(bool value) => value ? "True" : "False";
}
