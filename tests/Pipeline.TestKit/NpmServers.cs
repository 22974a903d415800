using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Pipeline.TestKit;

/// <summary>The servers of tests/servers, installed by npm when first needed.</summary>
public static class NpmServers
{
    public static readonly string Folder = Path.Combine(Checkout.Root, "tests", "servers");

    /// <summary>Why none can be started here, or null.</summary>
    public static string? Unavailable { get; } = Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(p => File.Exists(Path.Combine(p, "npm"))) ? null : "test servers need npm (Debian: nodejs npm)";

    public static void Install()
    {
        // One at a time, over all test processes.
        using var alone = Alone();
        if (IsInstalled()) return;
        using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund", "--loglevel", "error"]) { WorkingDirectory = Folder })!;
        npm.WaitForExit();
        if (npm.ExitCode != 0) throw new InvalidOperationException($"npm ci in {Folder} ended with {npm.ExitCode}");
    }

    /// <summary>Every server in the version that package.json names.</summary>
    private static bool IsInstalled() =>
        Read(Path.Combine(Folder, "package.json"))!["dependencies"]!.AsObject().All(d => (string?)Read(Path.Combine(Folder, "node_modules", d.Key, "package.json"))?["version"] == (string?)d.Value);

    private static JsonNode? Read(string file) => File.Exists(file) ? JsonNode.Parse(File.ReadAllBytes(file)) : null;

    private static FileStream Alone()
    {
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(Path.GetTempPath(), "pipeline-test-servers.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                Thread.Sleep(100);
            }
        }
    }
}
