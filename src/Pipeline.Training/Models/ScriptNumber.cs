using System.Globalization;

namespace Pipeline.Training.Models;

static class ScriptNumber
{
    /// <summary>A float literal: TorchScript would read "0" as an integer and refuse it as a probability.</summary>
    public static string Of(double value) => value.ToString("0.0################", CultureInfo.InvariantCulture);
}
