using System.Diagnostics;

namespace Pipeline.Cli.Tests;

/// <summary>The real git, as a user would call it, with none of the machine's own settings.</summary>
internal static class Git
{
    public static readonly IReadOnlyDictionary<string, string?> Environment = new Dictionary<string, string?>
    {
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_CONFIG_SYSTEM"] = "/dev/null",
        ["GIT_AUTHOR_NAME"] = "Nobody",
        ["GIT_AUTHOR_EMAIL"] = "nobody@example.org",
        ["GIT_COMMITTER_NAME"] = "Nobody",
        ["GIT_COMMITTER_EMAIL"] = "nobody@example.org",
    };

    public static string In(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        using var git = Process.Start(start)!;
        var error = git.StandardError.ReadToEndAsync();
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.True(git.ExitCode == 0, $"git {string.Join(' ', arguments)}: {error.Result}");
        return output.Trim();
    }

    /// <summary>Makes a repository of the folder, if it is none, and commits all that is in it.</summary>
    public static void Commit(string folder, string message)
    {
        if (!Directory.Exists(Path.Combine(folder, ".git"))) In(folder, "init", "-q", "-b", "main");
        In(folder, "add", "-A");
        In(folder, "commit", "-q", "-m", message);
    }
}
