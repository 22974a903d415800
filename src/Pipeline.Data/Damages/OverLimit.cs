using System.Globalization;

namespace Pipeline.Data.Damages;

/// <summary>What is said of what goes beyond a limit: the option, its value and what to do.</summary>
internal static class OverLimit
{
    /// <param name="has">What it is too much of: <c>has 12 bytes</c>.</param>
    public static RefusedException File(ReadLimits limits, string has) => new(DamageKind.Limit, $"{has}, more than limits.file_megabytes: {Mega(limits.FileBytes)} allows; split it or raise that.");

    public static string Record(ReadLimits limits) => $"is longer than limits.record_megabytes: {Mega(limits.RecordBytes)} allows; split it or raise that.";

    public static RefusedException Depth(ReadLimits limits) => new(DamageKind.Limit, $"lies deeper in archives than limits.depth: {limits.Depth} allows; raise that to open it.");

    public static RefusedException Entries(ReadLimits limits, bool isLast) =>
        new(DamageKind.Limit, $"is one file more than limits.entries: {limits.Entries.ToString(CultureInfo.InvariantCulture)} allows in a source file{(isLast ? ", and so is all that follows it" : "")}; raise that to take it in.");

    /// <param name="most">Bytes that the limits come to.</param>
    public static RefusedException Unpacked(ReadLimits limits, long most)
    {
        var limit = limits.ExpandedBytes <= most ? $"limits.unpacked_gigabytes: {Plain(limits.ExpandedBytes / (double)(1 << 30))}" : $"limits.expansion: {Plain(limits.Expansion)}";
        return new(DamageKind.Limit, $"unpacks, with what came before it in its source file, to more than the {most.ToString(CultureInfo.InvariantCulture)} bytes of {limit}; what follows is left out. Raise that where the file is sound.");
    }

    private static string Mega(long bytes) => Plain(bytes / (double)(1 << 20));

    private static string Plain(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
