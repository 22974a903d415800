using System.Globalization;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Execution;

/// <summary>Why a task failed, as far as its end tells.</summary>
internal static class Causes
{
    private static readonly string[] WordsForWantOfMemory = ["out of memory", "not enough memory", "can't allocate memory", "cannot allocate memory", "MemoryError", "memory exhausted", "bad_alloc", "OutOfMemory"];

    /// <summary>The word in JSON and in logs: <c>out_of_memory</c>.</summary>
    public static string Word(FailureCause cause) => OptionReader.SnakeCase(cause.ToString());

    /// <summary>True for .NET's own exception and for what libtorch and CUDA say when an allocation fails.</summary>
    public static bool IsOutOfMemory(Exception e) =>
        e is OutOfMemoryException || (e is System.Runtime.InteropServices.ExternalException && SpeaksOfWantOfMemory(e.Message));

    /// <summary>What programs and libraries say when they are refused memory. Only a hint: they may speak of it for other reasons.</summary>
    public static bool SpeaksOfWantOfMemory(string line) => WordsForWantOfMemory.Any(w => line.Contains(w, StringComparison.OrdinalIgnoreCase));

    /// <summary>How many processes this machine's kernel has killed for want of memory since it started; 0 where it does not say.</summary>
    public static long MemoryKills()
    {
        const string counters = "/proc/vmstat";
        const string name = "oom_kill ";
        if (!File.Exists(counters)) return 0;
        var line = File.ReadLines(counters).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.AsSpan(name.Length), CultureInfo.InvariantCulture);
    }
}
