using System.Diagnostics;
using System.Text;

namespace Pipeline.Engine.Storage;

/// <summary>Names that no other writer uses: not in this process, nor in another one on this machine or in a container that shares the folder.</summary>
internal static class UniqueName
{
    private static readonly string ThisProcess = Sha256.Of(Encoding.UTF8.GetBytes($"{Environment.MachineName} {Environment.ProcessId} {Stopwatch.GetTimestamp()}"))[..12];
    private static long counter;

    public static string Next() => $"{ThisProcess}.{Interlocked.Increment(ref counter)}";
}
