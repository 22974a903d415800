using System.Diagnostics;

namespace Pipeline.Training.Tests;

/// <summary>An independent reader of what we write: Debian's Python, which has NumPy where python3-numpy is installed.</summary>
internal static class Python
{
    public static string? Path { get; } = new[] { "/usr/bin/python3", "/usr/local/bin/python3" }.FirstOrDefault(File.Exists);

    public static bool Has(string module) => Path is not null && Start("-c", $"import {module}").ExitCode == 0;

    /// <summary>What the script prints.</summary>
    public static string Run(params string[] arguments)
    {
        var (exitCode, output, error) = Start(arguments);
        return exitCode == 0 ? output : throw new InvalidOperationException($"python3 {string.Join(' ', arguments)} ended with {exitCode}: {error}");
    }

    private static (int ExitCode, string Output, string Error) Start(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Path!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
