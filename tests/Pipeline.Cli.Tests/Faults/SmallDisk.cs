using System.Diagnostics;
using System.Globalization;

namespace Pipeline.Cli.Tests.Faults;

/// <summary>A disk that really is full: the state lies on a small tmpfs, which then grows.</summary>
internal static class SmallDisk
{
    private static readonly Lazy<string?> Reason = new(() =>
    {
        using var folder = new TestKit.TemporaryFolder();
        if (Try("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.Path) is { } refused) return $"a small disk is made by mounting a tmpfs, which takes root: {refused}";
        return Try("umount", folder.Path);
    });

    /// <summary>Why no disk can be made here, or null.</summary>
    public static string? Unavailable => Reason.Value;

    public static async Task<bool> Play(Random random)
    {
        var subject = await Subject.Any(random);
        using var project = subject.NewProject();
        var disk = Directory.CreateDirectory(project["disk"]).FullName;
        // Too few bytes in some, too few names in others.
        var size = random.Next(2) == 0 ? string.Create(CultureInfo.InvariantCulture, $"size={4 * random.Next(2, 50)}k") : string.Create(CultureInfo.InvariantCulture, $"size=8m,nr_inodes={random.Next(4, 90)}");
        Do("mount", "-t", "tmpfs", "-o", size, "tmpfs", disk);
        try
        {
            var state = Path.Combine(disk, "state");
            var ended = await project.Run("--state", state);
            var said = ended.Output + ended.Error + Logs(state);
            Assert.True(ended.ExitCode == ExitCode.Success || said.Contains("No space left on device", StringComparison.Ordinal), $"exit code {ended.ExitCode}, and nothing says that the disk is full:\n{said}");
            if (Directory.Exists(state)) Invariants.Sound(state);
            Do("mount", "-o", "remount,size=64m,nr_inodes=100000", disk);
            await Invariants.GoesOn(subject, project, state, Invariants.Finished(ended.Output), null, "--state", state);
            return ended.ExitCode != ExitCode.Success;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{size}: {e.Message}", e);
        }
        finally
        {
            Do("umount", disk);
        }
    }

    /// <summary>What commands wrote: of these the events name the file only.</summary>
    private static string Logs(string state) => Directory.Exists(state) ? string.Concat(Directory.EnumerateFiles(state, "*.log", SearchOption.AllDirectories).Select(File.ReadAllText)) : "";

    private static void Do(params string[] command)
    {
        if (Try(command) is { } error) throw new InvalidOperationException($"{string.Join(' ', command)}: {error}");
    }

    private static string? Try(params string[] command)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : error.Trim();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return e.Message;
        }
    }
}
