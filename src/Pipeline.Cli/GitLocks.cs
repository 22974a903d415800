using System.Diagnostics;

namespace Pipeline.Cli;

/// <summary>The lock files that the branches, tags and remote branches of a git repository hold: what they name somebody may check out.</summary>
internal static class GitLocks
{
    /// <summary>Texts of lock files, each once; empty where there is no repository or no git.</summary>
    public static IReadOnlyList<string> Of(string folder)
    {
        if (Git(folder, "for-each-ref", "--format=%(objectname)") is not { } refs) return [];
        var blobs = new HashSet<string>(StringComparer.Ordinal);
        foreach (var commit in Lines(refs).Distinct())
        {
            // A tag of a file, say, has no tree.
            foreach (var line in Lines(Git(folder, "ls-tree", "-r", "--full-tree", commit) ?? ""))
            {
                if (line.EndsWith(".lock.json", StringComparison.Ordinal) && line.Split((char[])[' ', '\t'], 4) is [_, "blob", var blob, _]) blobs.Add(blob);
            }
        }

        return [.. blobs.Select(b => Git(folder, "cat-file", "blob", b)).OfType<string>()];
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string? Git(string folder, params string[] arguments)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = git.StandardError.ReadToEndAsync();
            var output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            error.Wait();
            return git.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
