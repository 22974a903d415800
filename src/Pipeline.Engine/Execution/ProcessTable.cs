using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Pipeline.Engine.Execution;

/// <summary>The processes of this machine as Linux shows them under /proc. One that ends meanwhile is no error.</summary>
internal static class ProcessTable
{
    private static readonly string[] Held = ["RssAnon:", "RssShmem:", "VmSwap:"];

    /// <summary>When a process started: with its number it names a process for good. Null where there is none.</summary>
    public static string? StartOf(int process) => Stat(process)?.Start;

    /// <summary>Adds those started by any of them. One that was a descendant stays one when its parent ends.</summary>
    /// <param name="known">Number and start of each; those that have ended are removed.</param>
    public static void AddDescendants(Dictionary<int, string> known)
    {
        var all = Directory.EnumerateDirectories("/proc").Select(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0)
            .Select(id => (Id: id, Stat: Stat(id))).Where(p => p.Stat is not null).ToDictionary(p => p.Id, p => p.Stat!.Value);
        foreach (var (id, start) in known.ToList())
        {
            if (!all.TryGetValue(id, out var now) || now.Start != start) known.Remove(id);
        }

        for (var found = true; found;)
        {
            found = false;
            foreach (var (id, stat) in all)
            {
                if (known.ContainsKey(stat.Parent) && known.TryAdd(id, stat.Start)) found = true;
            }
        }
    }

    /// <summary>Bytes of its own that a process holds in memory or in swap; mapped files, which the system can drop, are not counted.</summary>
    public static long HeldBy(int process)
    {
        try
        {
            return File.ReadLines($"/proc/{process}/status").Where(line => Held.Any(name => line.StartsWith(name, StringComparison.Ordinal)))
                .Sum(line => long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)) << 10;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>Ends them, first those that could start others in between: parents have lower numbers, mostly.</summary>
    public static void End(IReadOnlyDictionary<int, string> processes)
    {
        foreach (var (id, start) in processes.OrderBy(p => p.Key))
        {
            try
            {
                if (StartOf(id) != start) continue;
                using var process = Process.GetProcessById(id);
                process.Kill();
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
            {
                // It has ended.
            }
        }
    }

    private static (int Parent, string Start)? Stat(int process)
    {
        try
        {
            // The name, in brackets, may hold anything.
            var text = File.ReadAllText($"/proc/{process}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), fields[19]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
