using System.Globalization;

namespace Pipeline.Benchmarks;

/// <summary>Of this process, in MB.</summary>
static class ResidentMemory
{
    public static double Now => Read("VmRSS:");

    public static double Peak => Read("VmHWM:");

    static double Read(string name) =>
        double.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
}
