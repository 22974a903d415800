using System.Diagnostics;
using System.Globalization;

namespace Pipeline.Engine.Execution;

/// <summary>
/// Holds a worker and all that it starts to an amount of memory, in two ways that need no rights: the kernel refuses a process of the group more private memory than the amount and some slack
/// (RLIMIT_DATA, at once, but of each process alone and of what is asked for), and the group is ended when what its processes really hold comes to more (a look at /proc, for all of them together).
/// </summary>
/// <param name="bytes">What they may hold together.</param>
internal sealed class MemoryLimit(long bytes)
{
    /// <summary>Private memory that is asked for and not held: the stacks of threads, arenas of malloc, data of libraries.</summary>
    private const long Slack = 1L << 30;

    /// <summary>.NET takes as much of a container's memory for its own heap; the rest is for native code.</summary>
    private const double ShareOfManagedHeap = 0.75;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    /// <summary>Looking takes a twentieth of the time at most, however many processes the machine has.</summary>
    private const int RestPerLook = 20;

    private const int WordsKept = 40;

    private readonly Queue<string> words = new();
    private long most;
    private long ended;

    /// <summary>Why it cannot be enforced here, or null where it can.</summary>
    public static string? Unavailable => OperatingSystem.IsLinux() && File.Exists("/proc/self/status") ? null : "memory is set aside but not enforced: that needs Linux and /proc";

    /// <summary>The command with the kernel's limit and what the garbage collector has to know.</summary>
    public ProcessStartInfo On(ProcessStartInfo start)
    {
        var kibibytes = ((bytes + Slack) >> 10).ToString(CultureInfo.InvariantCulture);
        // Where the limit is lower already, that one stays.
        var limited = new ProcessStartInfo("/bin/sh", ["-c", "ulimit -d \"$1\" 2>/dev/null; shift; exec \"$@\"", "sh", kibibytes, start.FileName, .. start.ArgumentList]);
        foreach (var (name, value) in start.Environment) limited.Environment[name] = value;
        limited.Environment["DOTNET_GCHeapHardLimit"] = "0x" + ((long)(bytes * ShareOfManagedHeap)).ToString("x", CultureInfo.InvariantCulture);
        return limited;
    }

    /// <summary>Looks at the process and its descendants until it ends, and ends them all where they hold more than the limit.</summary>
    public async Task WatchAsync(Process process, CancellationToken over)
    {
        var known = new Dictionary<int, string> { [process.Id] = ProcessTable.StartOf(process.Id) ?? "" };
        while (!over.IsCancellationRequested && !process.HasExited)
        {
            var looked = Stopwatch.GetTimestamp();
            ProcessTable.AddDescendants(known);
            var held = known.Keys.Sum(ProcessTable.HeldBy);
            most = Math.Max(most, held);
            if (held > bytes)
            {
                Interlocked.Exchange(ref ended, held);
                ProcessTable.End(known);
                return;
            }

            var rest = Stopwatch.GetElapsedTime(looked) * RestPerLook;
            await Task.Delay(rest > BetweenLooks ? rest : BetweenLooks, CancellationToken.None);
        }
    }

    /// <summary>What the group says, for <see cref="Judge"/>: a command tells in words that memory was refused.</summary>
    public void Hear(string line)
    {
        lock (words)
        {
            words.Enqueue(line);
            if (words.Count > WordsKept) words.Dequeue();
        }
    }

    /// <summary>The outcome, with want of memory told apart from other failures.</summary>
    public TaskOutcome Judge(TaskOutcome outcome)
    {
        if (outcome.Failure is not { } failure || failure.Cause == FailureCause.Cancelled) return outcome;
        if (Interlocked.Read(ref ended) is > 0 and var held)
            return TaskOutcome.Failed(FailureCause.OutOfMemory, $"it held {Say(held)}, more than its limit of {Say(bytes)} (resources.memory), and was ended{Remedy}");
        var refused = failure.Cause == FailureCause.OutOfMemory || (failure.Cause is FailureCause.Step or FailureCause.Crash && SaidSo());
        return refused ? TaskOutcome.Failed(FailureCause.OutOfMemory, $"it was refused memory under its limit of {Say(bytes)} (resources.memory), {(most > 0 ? $"having held {Say(most)}" : "at once")}: {failure.Message}{Remedy}") : outcome;
    }

    private const string Remedy = "; raise resources.memory, or have it take less at once (in a training: batch.micro, or a smaller batch)";

    private bool SaidSo()
    {
        lock (words) return words.Any(Causes.SpeaksOfWantOfMemory);
    }

    private static string Say(long amount) => amount >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{amount / (double)(1L << 30):0.##} GiB")
        : string.Create(CultureInfo.InvariantCulture, $"{amount >> 20} MiB");
}
