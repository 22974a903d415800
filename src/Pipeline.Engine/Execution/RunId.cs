using System.Globalization;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution;

/// <summary>Names of runs: they sort by time, and two that start at the same moment differ.</summary>
public static class RunId
{
    private const string Time = "yyyyMMdd-HHmmss-fff";

    /// <param name="newest">The newest run so far. The new one sorts after it, also where the clock has been put back since: what is newest decides what gc keeps.</param>
    public static string New(TimeProvider clock, string? newest = null)
    {
        var now = clock.GetUtcNow();
        if (newest?.Length > Time.Length && DateTimeOffset.TryParseExact(newest[..Time.Length], Time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var last) && now < last.AddMilliseconds(1))
            now = last.AddMilliseconds(1);
        var suffix = Sha256.Of(System.Text.Encoding.UTF8.GetBytes($"{now.Ticks} {UniqueName.Next()}"))[..4];
        return string.Create(CultureInfo.InvariantCulture, $"{now.UtcDateTime:yyyyMMdd-HHmmss-fff}{suffix}");
    }
}
