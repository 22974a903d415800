using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Pipeline.TestKit;

/// <summary>A real Slurm of two nodes on this machine, all of its state in a folder, stopped with the test.</summary>
public sealed class SlurmCluster : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder folder = new();
    private readonly List<Process> daemons = [];

    public SlurmCluster()
    {
        foreach (var node in (string[])["n1", "n2"])
        {
            Directory.CreateDirectory(folder[$"spool/{node}"]);
            Directory.CreateDirectory(folder[$"tmp/{node}"]);
        }

        Directory.CreateDirectory(folder["state"]);
        // Munge refuses a key that others could read.
        File.WriteAllBytes(folder["munge.key"], []);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder["munge.key"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllBytes(folder["munge.key"], RandomNumberGenerator.GetBytes(128));
        var (host, user, path) = (Environment.MachineName.Split('.')[0], Environment.UserName, folder.Path);
        folder.Write("cgroup.conf", "CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n");
        folder.Write("slurm.conf", $"""
            ClusterName=tests
            SlurmctldHost={host}(127.0.0.1)
            SlurmctldPort={StorageServer.FreePort()}
            SlurmUser={user}
            SlurmdUser={user}
            AuthType=auth/munge
            AuthInfo=socket={path}/munge.sock,cred_expire=5
            StateSaveLocation={path}/state
            SlurmdSpoolDir={path}/spool/%n
            TmpFS={path}/tmp/%n
            SlurmctldPidFile={path}/slurmctld.pid
            SlurmdPidFile={path}/slurmd-%n.pid
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core_Memory
            SchedulerParameters=sched_interval=1,bf_interval=1
            MpiDefault=none
            ReturnToService=2
            SlurmdParameters=config_overrides
            KillWait=2
            SlurmdTimeout=10
            NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={StorageServer.FreePort()} CPUs=4 RealMemory=4000
            NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={StorageServer.FreePort()} CPUs=4 RealMemory=4000
            PartitionName=main Nodes=n1,n2 Default=YES State=UP

            """);
        Start("munged", "--foreground", "--force", $"--key-file={folder["munge.key"]}", $"--socket={folder["munge.sock"]}", $"--pid-file={folder["munged.pid"]}", $"--log-file={folder["munged.log"]}", $"--seed-file={folder["seed"]}");
        Until(() => File.Exists(folder["munge.sock"]));
        Start("slurmctld", "-D");
        Start("slurmd", "-D", "-N", "n1");
        Start("slurmd", "-D", "-N", "n2");
        Until(() => Ask("sinfo", "--noheader", "--format=%T %D").Trim() == "idle 2");
    }

    /// <summary>Why there can be no cluster here, or null.</summary>
    public static string? Unavailable =>
        ((string[])["munged", "slurmctld", "slurmd", "sbatch"]).FirstOrDefault(p => Program(p) is null) is { } absent ? $"{absent} is not on this machine: apt-get install slurm-wlm munge" : null;

    /// <summary>What a client has to have in its environment.</summary>
    public IReadOnlyDictionary<string, string?> Variables => new Dictionary<string, string?>
    {
        ["SLURM_CONF"] = folder["slurm.conf"],
        ["OMPI_ALLOW_RUN_AS_ROOT"] = "1",
        ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1",
    };

    /// <summary>What one of Slurm's programs prints.</summary>
    public string Ask(string program, params string[] arguments)
    {
        using var process = Process.Start(Of(program, arguments))!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        return output.GetAwaiter().GetResult() + error.GetAwaiter().GetResult();
    }

    /// <summary>Takes the power from a node, as far as its jobs do not notice: they go on.</summary>
    public void Lose(string node)
    {
        var daemon = daemons.Single(d => d.StartInfo.ArgumentList.LastOrDefault() == node && !d.HasExited);
        foreach (var keeper in Process.GetProcessesByName("slurmstepd").Where(IsOurs)) keeper.Kill();
        daemon.Kill();
        daemon.WaitForExit();
    }

    private bool IsOurs(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/environ").Contains(folder.Path, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It has ended by itself.
            return false;
        }
    }

    public void Return(string node)
    {
        Start("slurmd", "-D", "-N", node);
        Until(() => Ask("sinfo", "--noheader", "--nodes", node, "--format=%T").Trim() is "idle" or "mixed" or "allocated");
    }

    /// <summary>Waits until a question has the answer that is waited for.</summary>
    public static void Until(Func<bool> holds)
    {
        for (var watch = Stopwatch.StartNew(); !holds(); Thread.Sleep(50))
        {
            if (watch.Elapsed > Longest) throw new TimeoutException($"not within {Longest.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s");
        }
    }

    public void Dispose()
    {
        // The controller first: it would hear of its nodes' end.
        foreach (var daemon in daemons.AsEnumerable().Reverse())
        {
            if (!daemon.HasExited) daemon.Kill(entireProcessTree: true);
            daemon.WaitForExit();
            daemon.Dispose();
        }

        folder.Dispose();
    }

    private void Start(string program, params string[] arguments)
    {
        var process = Process.Start(Of(program, arguments))!;
        // Read, so that a full pipe stops nobody.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        daemons.Add(process);
    }

    private ProcessStartInfo Of(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(Program(program)!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Variables) start.Environment[name] = value;
        return start;
    }

    /// <summary>The daemons are in sbin, which is not on everybody's path.</summary>
    private static string? Program(string name) =>
        ((Environment.GetEnvironmentVariable("PATH") ?? "") + ":/usr/sbin:/sbin").Split(':').Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists);
}
