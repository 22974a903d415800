using System.Reflection;
using System.Runtime.Loader;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Plugins;

/// <summary>One plugin with its own dependencies, loaded from bytes of which the digests are known.</summary>
internal sealed class PluginContext(StepPlugin plugin, AssemblyDependencyResolver resolver) : AssemblyLoadContext($"plugin {plugin.Name}")
{
    public StepPlugin Plugin { get; } = plugin;

    public Assembly LoadPlugin() => LoadFrom(Plugin.File);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (HostAssemblies.IsShared(assemblyName.Name!)) return HostAssemblies.Load(assemblyName);
        // Types of the framework cross between plugin and engine, so there must be one of each.
        if (HostAssemblies.FrameworkHas(assemblyName)) return null;
        if (resolver.ResolveAssemblyToPath(assemblyName) is { } path) return LoadFrom(path);
        if (!string.IsNullOrEmpty(assemblyName.CultureName) || HostAssemblies.IsOfFramework(assemblyName.Name!)) return null;
        // Not the program's own copy: what it happens to use is no promise to plugins.
        throw new FileNotFoundException($"{Plugin.Name} needs {assemblyName.Name}, which is not beside it.", assemblyName.Name);
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;

    private Assembly LoadFrom(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var name = Path.GetRelativePath(Path.GetDirectoryName(Plugin.File)!, path).Replace('\\', '/');
        if (Plugin.Code.GetValueOrDefault(name) is not { } digest || digest != Sha256.Of(bytes)) throw new PluginException($"was built anew while it was in use ({name})", "run again");
        using var stream = new MemoryStream(bytes);
        return LoadFromStream(stream);
    }
}
