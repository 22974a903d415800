using System.Diagnostics;

namespace Pipeline.Steps.General;

/// <summary>Runs a command line in a process group of its own, which ends with the command, and with this process however that ends.</summary>
internal static class ShellCommand
{
    /// <summary>What a program that left the group may hold the pipes open for after the command has ended.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    /// <summary>
    /// $1 is the command. The guard waits at the other end of our pipe: it reads the end of it when we close it or die, and then asks the group to stop and, 5 s later, ends it.
    /// Where there is no `setsid` (macOS) the command's own shell is all that is ended. A Ctrl-C meant for us interrupts `wait`, not the command.
    /// </summary>
    private const string Supervisor = """
        exec 3<&0 </dev/null
        if command -v setsid >/dev/null; then setsid /bin/sh -c "$1" 3<&- & group=-$!; else /bin/sh -c "$1" 3<&- & group=$!; fi
        command=$!
        { read -r _ <&3; kill -TERM $group; sleep 5; kill -KILL $group; } >/dev/null 2>&1 &
        guard=$!
        trap : INT TERM
        while wait $command; code=$?; kill -0 $command 2>/dev/null; do :; done
        kill -KILL $group 2>/dev/null
        kill $guard
        exit $code
        """;

    /// <summary>Returns the exit code. Lines of both outputs go to <paramref name="log"/> as they come.</summary>
    public static async Task<int> RunAsync(string command, string folder, IReadOnlyDictionary<string, string> environment, Action<string> log, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Supervisor, "sh", command]) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = Task.WhenAll(Forward(process.StandardOutput, log), Forward(process.StandardError, log));
        await using var stop = cancellation.Register(process.StandardInput.Close);
        await process.WaitForExitAsync(CancellationToken.None);
        await Task.WhenAny(output, Task.Delay(LastWords, CancellationToken.None));
        cancellation.ThrowIfCancellationRequested();
        if (output.IsFaulted) await output;
        return process.ExitCode;
    }

    private static async Task Forward(StreamReader reader, Action<string> log)
    {
        while (await reader.ReadLineAsync() is { } line) log(line);
    }
}
