using System.Globalization;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution;

/// <summary>Names of runs: they sort by time, and two that start at the same moment differ.</summary>
public static class RunId
{
    public static string New(TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var suffix = Sha256.Of(System.Text.Encoding.UTF8.GetBytes($"{now.Ticks} {Environment.ProcessId} {Environment.MachineName}"))[..4];
        return string.Create(CultureInfo.InvariantCulture, $"{now:yyyyMMdd-HHmmss-fff}{suffix}");
    }
}
