using System.Globalization;
using Pipeline.Engine.Planning;

namespace Pipeline.Cli.Screens;

/// <summary>Numbers as people read them.</summary>
internal static class Text
{
    public static string Duration(double seconds) => Durations.Say(seconds);

    public static string Count(int number, string noun) => string.Create(CultureInfo.InvariantCulture, $"{number:#,0} {noun}{(number == 1 ? "" : "s")}");

    public static string Bytes(long bytes) => bytes switch
    {
        < 1000 => $"{bytes} B",
        < 1000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
        < 1000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB"),
    };

    public static string Number(double value) => Math.Abs(value) switch
    {
        >= 1000 when value == Math.Floor(value) => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("#,0.#", CultureInfo.InvariantCulture),
        >= 1 or 0 => value.ToString("0.###", CultureInfo.InvariantCulture),
        _ => value.ToString("0.#####", CultureInfo.InvariantCulture),
    };
}
