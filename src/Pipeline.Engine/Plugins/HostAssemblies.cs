using System.Reflection;
using System.Runtime.Loader;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Plugins;

/// <summary>What a plugin has from the program that loads it: how step types are written, the kinds of artifacts, and the framework. Everything else is its own.</summary>
internal static class HostAssemblies
{
    public const string Engine = "Pipeline.Engine";

    private static readonly string[] Shared = [Engine, "Pipeline.Steps"];

    /// <summary>Name to path of the assemblies of the shared framework: those that the runtime knows and this program did not bring.</summary>
    private static readonly Lazy<IReadOnlyDictionary<string, string>> Framework = new(() =>
    {
        var own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var all = ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return all.Where(p => Path.GetDirectoryName(p) != own).DistinctBy(Path.GetFileNameWithoutExtension, StringComparer.OrdinalIgnoreCase).ToDictionary(p => Path.GetFileNameWithoutExtension(p)!, StringComparer.OrdinalIgnoreCase);
    });

    public static Version EngineVersion { get; } = typeof(StepType).Assembly.GetName().Version!;

    public static bool IsShared(string name) => Shared.Contains(name, StringComparer.OrdinalIgnoreCase);

    public static bool IsOfFramework(string name) => Framework.Value.ContainsKey(name);

    /// <summary>The framework's assembly where it is at least of the version asked for.</summary>
    public static bool FrameworkHas(AssemblyName asked) =>
        Framework.Value.TryGetValue(asked.Name!, out var path) && (asked.Version is null || AssemblyName.GetAssemblyName(path).Version >= asked.Version);

    /// <summary>The very assembly that this program runs, which may itself not be in the default context.</summary>
    public static Assembly Load(AssemblyName shared) =>
        (AssemblyLoadContext.GetLoadContext(typeof(StepType).Assembly) ?? AssemblyLoadContext.Default).LoadFromAssemblyName(new AssemblyName(shared.Name!));
}
