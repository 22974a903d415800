using System.Reflection;
using System.Runtime.Loader;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Plugins;

/// <summary>The files that a plugin's code is in: what its <c>deps.json</c> names as far as it is there, or every assembly beside it where it has none.</summary>
internal static class PluginCode
{
    /// <summary>Path relative to the plugin's folder, with <c>/</c>, to SHA-256.</summary>
    /// <param name="assets">What its <c>deps.json</c> names; null where it has none.</param>
    /// <exception cref="PluginException">An assembly that it refers to is neither beside it nor in the framework.</exception>
    public static IReadOnlyDictionary<string, string> Of(string file, PluginImage image, IReadOnlyList<string>? assets, AssemblyDependencyResolver resolver)
    {
        var folder = Path.GetDirectoryName(file)!;
        var names = new SortedSet<string>(StringComparer.Ordinal) { Path.GetFileName(file) };
        foreach (var asset in (assets ?? Directory.EnumerateFiles(folder, "*.dll").Select(p => Path.GetFileName(p)!)).Where(a => File.Exists(Path.Combine(folder, a)) && Storage.Manifest.IsInside(a))) names.Add(asset);
        foreach (var path in Referred(image, resolver)) names.Add(Path.GetRelativePath(folder, path).Replace('\\', '/'));
        return names.Where(n => !HostAssemblies.IsShared(Path.GetFileNameWithoutExtension(n)))
            .ToDictionary(n => n, n => Sha256.OfFile(Path.Combine(folder, n)), StringComparer.Ordinal);
    }

    /// <summary>What the assembly refers to beside it, and what that refers to.</summary>
    private static HashSet<string> Referred(PluginImage image, AssemblyDependencyResolver resolver)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<(AssemblyName Name, bool Direct)>(image.References.Select(r => (r, true)));
        while (open.TryDequeue(out var next))
        {
            if (HostAssemblies.IsShared(next.Name.Name!)) continue;
            if (resolver.ResolveAssemblyToPath(next.Name) is { } path)
            {
                if (!found.Add(path)) continue;
                foreach (var further in PluginImage.Read(File.ReadAllBytes(path)).References) open.Enqueue((further, false));
            }
            // What a library refers to it may never use; what the plugin itself refers to it does.
            else if (next.Direct && !HostAssemblies.IsOfFramework(next.Name.Name!))
                throw new PluginException($"refers to {next.Name.Name}, which is not beside it", "build it with <EnableDynamicLoading>true</EnableDynamicLoading>, which puts what it needs beside it");
        }

        return found;
    }
}
