using System.Reflection;
using System.Runtime.Loader;

namespace Pipeline.Training.NativeLibraries;

/// <summary>
/// The application once more, with native libraries of our choice. The runtime looks beside the application first, and TorchSharp by path: loading a second libtorch
/// crashes. Only a context of its own is asked before that search.
/// </summary>
internal sealed class LibTorchContext(string program, string folder) : AssemblyLoadContext(ContextName)
{
    public const string ContextName = "chosen libtorch";

    private readonly AssemblyDependencyResolver _application = new(program);
    private IReadOnlyDictionary<string, nint> _libraries = new Dictionary<string, nint>();

    public void LoadLibraries() => _libraries = LibTorchFolder.Load(folder, _application.ResolveUnmanagedDllToPath("LibTorchSharp"));

    /// <summary>The framework's own assemblies stay where they are.</summary>
    protected override Assembly? Load(AssemblyName assemblyName) => _application.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _libraries.TryGetValue(unmanagedDllName, out var library) ? library
        : _application.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path)
        : 0;
}
