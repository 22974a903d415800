using System.Reflection;
using System.Runtime.InteropServices;

namespace Pipeline.Engine.Execution;

/// <summary>Where a result was made: facts that do not change its bytes, and so are kept beside it and never in its key. What does change bytes is a facet of the step type.</summary>
public static class RunEnvironment
{
    /// <param name="folder">Of the pipeline file: its repository is the one that is asked.</param>
    public static IReadOnlyDictionary<string, string> Of(string folder)
    {
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["machine"] = Environment.MachineName,
            ["os"] = RuntimeInformation.OSDescription,
            ["architecture"] = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant(),
            ["dotnet"] = RuntimeInformation.FrameworkDescription,
            ["engine"] = typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown",
        };
        if (Cpu() is { } cpu) facts["cpu"] = cpu;
        if (GitState.Of(folder) is { } git)
        {
            facts["git.commit"] = git.Commit;
            facts["git.dirty"] = git.Dirty ? "true" : "false";
        }

        return facts;
    }

    private static string? Cpu()
    {
        const string Model = "model name";
        if (!File.Exists("/proc/cpuinfo")) return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
        return File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith(Model, StringComparison.Ordinal))?.Split(':', 2)[^1].Trim();
    }
}
