using System.Diagnostics;
using System.Text.Json;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution;

/// <summary>How to start processes that work together, and what to say where that cannot be done here.</summary>
/// <param name="Unavailable">Why ranks cannot be had and what to install, or null where they can.</param>
/// <param name="Start">From the number of ranks and the command of one to the command that starts them all.</param>
public sealed record RankLauncher(Func<string?> Unavailable, Func<int, IReadOnlyList<string>, ProcessStartInfo> Start);

/// <summary>Runs each task in a child process, so that a native crash or an out-of-memory kill is a failed step and not a dead engine.</summary>
/// <param name="command">The command that, followed by a task file, does the task.</param>
/// <param name="environment">Variables for every worker, beside those of this process: whose death it must follow, for one.</param>
public sealed class WorkerExecutor(IReadOnlyList<string> command, RankLauncher launcher, IReadOnlyDictionary<string, string> environment) : IExecutor
{
    private const int Killed = 128 + 9;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    public async Task<TaskOutcome> RunAsync(StepTask task, IStepListener listener, CancellationToken cancellation)
    {
        var taskFile = Path.ChangeExtension(task.OutcomeFile, ".task.json");
        File.Delete(task.OutcomeFile);
        var launched = task.Ranks > 1 && launcher.Unavailable() is null;
        if (!launched) task = task with { Ranks = 1 };
        AtomicFile.Write(taskFile, JsonSerializer.SerializeToUtf8Bytes(task, TaskJson.Default.StepTask));
        var start = launched ? launcher.Start(task.Ranks, [.. command, taskFile]) : new ProcessStartInfo(command[0], [.. command.Skip(1), taskFile]);
        var limit = task.MemoryBytes > 0 && MemoryLimit.Unavailable is null ? new MemoryLimit(task.MemoryBytes) : null;
        if (limit is not null) (start, listener) = (limit.On(start), new Heard(listener, limit));
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        foreach (var (name, value) in task.Variables()) start.Environment[name] = value;
        foreach (var (name, value) in task.Secrets) start.Environment[Worker.SecretVariable + name] = value;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        // Whatever traces in there goes on with the trace of this step.
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } trace } span) (start.Environment["TRACEPARENT"], start.Environment["TRACESTATE"]) = (trace, span.TraceStateString ?? "");
        if (task.Gpus.Count > 0) start.Environment["CUDA_VISIBLE_DEVICES"] = string.Join(',', task.Gpus);

        var memoryKills = Causes.MemoryKills();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start");
        using var ended = new CancellationTokenSource();
        var watch = limit?.WatchAsync(process, ended.Token) ?? Task.CompletedTask;
        var lines = Task.WhenAll(Read(process.StandardOutput, listener), Read(process.StandardError, listener));
        await using var cancelled = cancellation.Register(() => Stop(process, launched));
        try
        {
            await process.WaitForExitAsync(CancellationToken.None);
            await lines;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            await ended.CancelAsync();
            await watch;
        }

        var outcome = ReadOutcome(task.OutcomeFile) ?? (cancellation.IsCancellationRequested
            ? TaskOutcome.Failed(FailureCause.Cancelled, "cancelled; what it had done is kept in its workspace")
            : process.ExitCode == Killed && Causes.MemoryKills() > memoryKills
            ? TaskOutcome.Failed(FailureCause.OutOfMemory, "its process was killed by the system for want of memory")
            : TaskOutcome.Failed(FailureCause.Crash, Died(process.ExitCode)));
        return limit?.Judge(outcome) ?? outcome;
    }

    private sealed class Heard(IStepListener listener, MemoryLimit limit) : IStepListener
    {
        public void Logged(string line)
        {
            limit.Hear(line);
            listener.Logged(line);
        }

        public void Progressed(StepProgress progress) => listener.Progressed(progress);
    }

    public static TaskOutcome? ReadOutcome(string file) =>
        File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), TaskJson.Default.TaskOutcome) : null;

    /// <summary>Closing its input asks a worker to write a checkpoint and stop; one that does not is killed. Ranks are killed at once: their last checkpoint is enough.</summary>
    private static void Stop(Process process, bool launched)
    {
        try
        {
            if (launched) process.Kill(entireProcessTree: true);
            else process.StandardInput.Close();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // It has ended already.
        }

        _ = Task.Delay(Grace).ContinueWith(
            _ =>
            {
                try
                {
                    process.Kill(entireProcessTree: true);
                }
                catch (InvalidOperationException)
                {
                    // It has ended and been disposed of.
                }
            },
            TaskScheduler.Default);
    }

    private static async Task Read(StreamReader reader, IStepListener listener)
    {
        while (await reader.ReadLineAsync() is { } line) WorkerLines.Tell(line, listener);
    }

    private static string Died(int code) => code switch
    {
        Killed => "its process was killed (signal 9): by someone, or by the system because memory ran out (then its log says so: journalctl -k, or dmesg)",
        139 => "its process crashed (signal 11, segmentation fault) in native code",
        134 => "its process aborted (signal 6) in native code",
        > 128 => $"its process ended by signal {code - 128}",
        _ => $"its process ended with exit code {code} and said nothing",
    };
}
