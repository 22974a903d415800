using System.ComponentModel;
using System.Diagnostics;

namespace Pipeline.Cli.Screens;

/// <summary>The commit that a folder is at.</summary>
internal static class GitCommit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary><c>1a2b3c4 (clean)</c>, or null where there is no git, no repository or no quick answer.</summary>
    public static string? Of(string folder)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", folder, "describe", "--always", "--dirty", "--exclude=*", "--abbrev=7"]) { RedirectStandardOutput = true, RedirectStandardError = true });
            if (git is null) return null;
            if (!git.WaitForExit(Patience))
            {
                git.Kill();
                return null;
            }

            var said = git.StandardOutput.ReadToEnd().Trim();
            if (git.ExitCode != 0 || said.Length == 0) return null;
            return said.EndsWith("-dirty", StringComparison.Ordinal) ? $"{said[..^6]} (changed)" : $"{said} (clean)";
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
