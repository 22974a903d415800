using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Pipeline.Cli.Tests;

/// <summary>Processes as /proc shows them.</summary>
internal static partial class Processes
{
    /// <summary>Signal 2 is the second bit of the mask of ignored signals that the kernel shows.</summary>
    public static bool IgnoresInterrupt() =>
        (Convert.ToUInt64(File.ReadLines("/proc/self/status").First(l => l.StartsWith("SigIgn:", StringComparison.Ordinal))[7..].Trim(), 16) & 2) != 0;

    public static bool HasMpi => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "mpirun")));

    public static void Signal(int process, int signal) => _ = Kill(process, signal);

    /// <summary>Live processes whose command line names the text: a test's folder is in that of all its workers and ranks.</summary>
    public static IReadOnlyList<int> Naming(string text) =>
        [.. Directory.EnumerateDirectories("/proc").Select(d => int.TryParse(Path.GetFileName(d), out var id) ? id : 0).Where(id => id > 0 && CommandLine(id).Contains(text, StringComparison.Ordinal) && IsAlive(id))];

    public static IReadOnlyList<int> Workers(string folder) => [.. Naming(folder).Where(id => CommandLine(id).Contains("\0worker\0", StringComparison.Ordinal))];

    public static string CommandLine(int process) => Read(process, "cmdline");

    public static string Maps(int process) => Read(process, "maps");

    /// <summary>A number of /proc/PID/status in its own unit; null once the process has ended.</summary>
    public static long? Status(int process, string name) =>
        Read(process, "status").Split('\n').FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal))?.Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries) is { } fields
            ? long.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture) : null;

    public static bool IsAlive(int process)
    {
        var stat = Read(process, "stat");
        return stat.Length > 0 && stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
    }

    /// <summary>Seconds until none of them lives; fails beyond the limit, which grows with how much others ask of the machine.</summary>
    public static async Task<double> Gone(IReadOnlyList<int> processes, double limit)
    {
        limit *= Math.Max(1, double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) / Environment.ProcessorCount);
        var watch = Stopwatch.StartNew();
        while (processes.Any(IsAlive))
        {
            if (watch.Elapsed.TotalSeconds > limit) Assert.Fail($"still alive after {limit} s: {string.Join("; ", processes.Where(IsAlive).Select(p => CommandLine(p).Replace('\0', ' ')))}");
            await Task.Delay(20);
        }

        return watch.Elapsed.TotalSeconds;
    }

    private static string Read(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}", Encoding.Latin1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
