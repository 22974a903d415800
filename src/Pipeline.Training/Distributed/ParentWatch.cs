using System.Runtime.InteropServices;

namespace Pipeline.Training.Distributed;

/// <summary>
/// Ends this process soon after the process that started it, or one that it was told to follow, is gone: after kill -9 of the engine or the launcher no rank goes on
/// computing. The thread allocates nothing.
/// </summary>
public static unsafe class ParentWatch
{
    private const int PollMilliseconds = 250;
    private const int Kill = 9;
    private static int started;

    /// <summary>Only the first call of a process counts.</summary>
    /// <param name="followed">The value of <see cref="WatchedProcess.Variable"/>; processes on other machines are left to their launcher's daemon.</param>
    /// <exception cref="FormatException">The value is malformed.</exception>
    public static void Start(string? followed)
    {
        if (Interlocked.Exchange(ref started, 1) == 1) return;
        var watched = WatchedProcess.Parse(followed ?? "").Where(process => process.IsHere).ToArray();
        var parent = GetParent();
        new Thread(() => Watch(parent, watched)) { IsBackground = true, Name = "parent watch" }.Start();
    }

    private static void Watch(int parent, WatchedProcess[] watched)
    {
        while (GetParent() == parent && AllAlive(watched)) Thread.Sleep(PollMilliseconds);
        var message = "the process that started this one is gone: stopping\n"u8;
        fixed (byte* text = message) _ = Write(2, text, message.Length);
        // Not Environment.Exit: that runs handlers, and one may wait for a rank that is gone.
        _ = Signal(GetSelf(), Kill);
    }

    private static bool AllAlive(WatchedProcess[] watched)
    {
        foreach (var process in watched)
        {
            if (!process.IsAlive) return false;
        }

        return true;
    }

    [DllImport("libc", EntryPoint = "getppid")]
    private static extern int GetParent();

    [DllImport("libc", EntryPoint = "getpid")]
    private static extern int GetSelf();

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int process, int signal);

    [DllImport("libc", EntryPoint = "write")]
    private static extern nint Write(int file, byte* bytes, nint count);
}
