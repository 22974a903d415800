using System.ComponentModel;
using System.Diagnostics;

namespace Pipeline.Engine.Execution;

/// <summary>What git says of a folder, asked of the program <c>git</c>.</summary>
public static class GitState
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The commit as a screen shows it, <c>1a2b3c4 (clean)</c>; null where there is none or git does not answer within a second.</summary>
    public static string? Short(string folder) =>
        Ask(folder, TimeSpan.FromSeconds(1), "describe", "--always", "--dirty", "--exclude=*", "--abbrev=7") is { Succeeded: true } said && said.Output.Trim() is { Length: > 0 } commit
            ? commit.EndsWith("-dirty", StringComparison.Ordinal) ? $"{commit[..^6]} (changed)" : $"{commit} (clean)" : null;

    /// <summary>The commit that is checked out, and whether anything differs from it; null outside a repository, before its first commit, or without git.</summary>
    public static (string Commit, bool Dirty)? Of(string folder) =>
        Ask(folder, "rev-parse", "--verify", "HEAD") is { Succeeded: true } commit && Ask(folder, "status", "--porcelain") is { Succeeded: true } status
            ? (commit.Output.Trim(), status.Output.Trim().Length > 0) : null;

    /// <summary>Where a file is in its repository, and where that is fetched from, without user names and passwords; null outside a repository.</summary>
    public static (string Path, string? Remote)? PlaceOf(string file)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        if (!Directory.Exists(folder) || Ask(folder, "rev-parse", "--show-prefix") is not { Succeeded: true } prefix) return null;
        var remote = Ask(folder, "config", "--get", "remote.origin.url") is { Succeeded: true } url ? WithoutCredentials(url.Output.Trim()) : null;
        return (prefix.Output.Trim() + Path.GetFileName(file), remote);
    }

    /// <summary>As one would open it: <c>git@host:a/b.git</c> becomes <c>https://host/a/b</c>. Null for what is no address.</summary>
    internal static string? WithoutCredentials(string remote)
    {
        const string Suffix = ".git";
        var likeScp = !remote.Contains("://", StringComparison.Ordinal) && remote.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && !remote[..colon].Contains('/');
        var text = likeScp ? $"https://{remote[(remote.IndexOf('@', StringComparison.Ordinal) + 1)..].Replace(':', '/')}" : remote;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address)) return null;
        var clean = new UriBuilder(address) { UserName = "", Password = "", Query = "", Fragment = "" }.Uri.AbsoluteUri.TrimEnd('/');
        return clean.EndsWith(Suffix, StringComparison.Ordinal) ? clean[..^Suffix.Length] : clean;
    }

    /// <summary>The commit that a branch is at, local or as last fetched; null where git knows no such branch.</summary>
    public static string? CommitOf(string folder, string branch) =>
        ((string[])["heads", "remotes"]).Select(kind => Ask(folder, "rev-parse", "--verify", "--quiet", $"refs/{kind}/{branch}^{{commit}}")).FirstOrDefault(said => said is { Succeeded: true })?.Output.Trim();

    /// <summary>Whether git knows such a commit, branch or tag here.</summary>
    public static bool Has(string folder, string reference) => !reference.StartsWith('-') && Ask(folder, "rev-parse", "--verify", "--quiet", reference + "^{commit}") is { Succeeded: true };

    /// <summary>A committed file's text at a commit, branch or tag. Fails with git's words where there is none.</summary>
    public static (bool Succeeded, string Output, string Error) FileAt(string file, string reference)
    {
        // A reference that begins with a dash would be an option.
        if (reference.StartsWith('-')) return (false, "", $"'{reference}' is no commit, branch or tag");
        return Ask(Path.GetDirectoryName(Path.GetFullPath(file))!, "show", $"{reference}:./{Path.GetFileName(file)}") ?? (false, "", "git is not installed");
    }

    /// <summary>Null where git cannot be started.</summary>
    private static (bool Succeeded, string Output, string Error)? Ask(string folder, params string[] arguments) => Ask(folder, Patience, arguments);

    private static (bool Succeeded, string Output, string Error)? Ask(string folder, TimeSpan patience, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", folder, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        // Asking must not write: another git may hold the index.
        start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            if (!process.WaitForExit(patience))
            {
                process.Kill(entireProcessTree: true);
                return (false, "", "git did not answer");
            }

            return (process.ExitCode == 0, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult().Trim());
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
