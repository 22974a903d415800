namespace Pipeline.Cli.Tests.Faults;

/// <summary>Faults at single system calls of the real program, made by strace.</summary>
internal static class SystemCalls
{
    private static readonly string[] Changing = ["rename", "fsync", "pwrite64", "mkdir", "unlink", "flock", "ftruncate"];
    private static readonly string[] Failing = ["rename", "fsync", "pwrite64", "mkdir", "pread64"];

    public static string? Unavailable { get; } = File.Exists("/usr/bin/strace") ? null : "faults at system calls are made by strace (Debian: strace)";

    /// <summary>Killed at a call, now and then beside another engine on the same folder, which is not disturbed.</summary>
    public static Task<bool> Killed(Random random) => Play(random, $"{Any(random, Changing)}:signal=KILL:when={At(random)}", random.Next(4) == 0);

    /// <summary>A call fails once: a disk or a stream that goes bad.</summary>
    public static Task<bool> Fails(Random random) => Play(random, $"{Any(random, Failing)}:error=EIO:when={At(random)}", false);

    /// <summary>From one call on the disk is full.</summary>
    public static Task<bool> DiskFull(Random random) => Play(random, $"{Any(random, Failing[..^1])}:error=ENOSPC:when={At(random)}+", false);

    /// <summary>What makes strace run a program with faults.</summary>
    public static IReadOnlyList<string> Tracer(string faults) => ["/usr/bin/strace", "-f", "-qq", "-o", "/dev/null", "-e", $"trace={faults.Split(':')[0]}", "-e", $"inject={faults}"];

    private static string Any(Random random, string[] calls) => calls[random.Next(calls.Length)];

    /// <summary>Calls are counted by thread: the first few of each already lie all over the run.</summary>
    private static int At(Random random) => random.Next(1, random.Next(2) == 0 ? 4 : 14);

    private static async Task<bool> Play(Random random, string fault, bool besideAnother)
    {
        var subject = await Subject.Any(random);
        using var project = subject.NewProject();
        using var run = new ProgramRun(project.Path, ["run", "p.yaml", "--json"], new Dictionary<string, string?> { ["DOTNET_EnableDiagnostics"] = "0" }, [.. Tracer(fault)]);
        using var other = besideAnother ? project.Start("run", "p.yaml", "--json") : null;
        var ended = await run.End();
        if (other is not null) Invariants.Same(subject.Whole, (await other.End()).Expect(ExitCode.Success));
        try
        {
            if (Directory.Exists(project.State)) Invariants.Sound(project.State);
            await Invariants.GoesOn(subject, project, project.State, Invariants.Finished(ended.Output));
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{fault}: {e.Message}", e);
        }

        return ended.ExitCode != ExitCode.Success;
    }
}
