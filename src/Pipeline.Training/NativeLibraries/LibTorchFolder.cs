using System.Runtime.InteropServices;

namespace Pipeline.Training.NativeLibraries;

/// <summary>A libtorch on this machine, such as <c>torch/lib</c> of a Python installation, which may bring CUDA.</summary>
internal static unsafe class LibTorchFolder
{
    /// <summary>What the TorchSharp of this build was compiled against. Its C++ interface holds within a minor version only.</summary>
    public const string NeededVersion = "2.10";

    private static readonly string[] Needed = ["c10", "torch_cpu", "torch"];
    private static readonly string[] Cuda = ["c10_cuda", "torch_cuda"];

    /// <summary>Loads the libraries by absolute path, each before those that need it; by their names they are then found wherever they are asked for.</summary>
    /// <param name="bridge">The <c>libLibTorchSharp.so</c> to use where the folder brings none.</param>
    /// <returns>Handles by the names that TorchSharp asks for.</returns>
    /// <exception cref="LibTorchException">The folder, a library or the version does not fit.</exception>
    public static IReadOnlyDictionary<string, nint> Load(string folder, string? bridge)
    {
        CheckFiles(folder);
        if (IsLoaded()) throw new LibTorchException("another libtorch is loaded already: choose one before the first use of TorchSharp");

        var withCuda = Cuda.All(name => File.Exists(PathOf(folder, name)));
        string[] names = withCuda ? [Needed[0], Needed[1], .. Cuda, Needed[2]] : Needed;
        var loaded = names.ToDictionary(name => name, name => LoadOne(PathOf(folder, name)));
        CheckVersion(folder, VersionOf(loaded["torch_cpu"]));
        var own = PathOf(folder, "LibTorchSharp");
        loaded["LibTorchSharp"] = LoadOne(File.Exists(own) ? own : bridge ?? throw new LibTorchException($"neither {folder} nor the application has libLibTorchSharp.so"));
        return loaded;
    }

    /// <exception cref="LibTorchException">The folder or a library is missing.</exception>
    public static void CheckFiles(string folder)
    {
        if (!Directory.Exists(folder)) throw new LibTorchException($"libtorch was asked for in {folder}, which is no folder. Give the one that holds libtorch_cpu.so, such as .../site-packages/torch/lib");
        var missing = Needed.Where(name => !File.Exists(PathOf(folder, name))).Select(name => $"lib{name}.so").ToArray();
        if (missing.Length > 0) throw new LibTorchException($"{folder} has no {string.Join(", ", missing)}. Give the folder that holds libtorch_cpu.so, such as .../site-packages/torch/lib");
    }

    /// <summary>As <c>2.10.0</c>, or null where the library is too old to say.</summary>
    public static string? VersionOf(nint torchCpu)
    {
        if (!NativeLibrary.TryGetExport(torchCpu, "aoti_torch_abi_version", out var export)) return null;
        // torch/headeronly/version.h: one byte each of major, minor and patch from the top.
        var version = ((delegate* unmanaged<ulong>)export)();
        return $"{version >> 56}.{version >> 48 & 0xff}.{version >> 40 & 0xff}";
    }

    private static void CheckVersion(string folder, string? version)
    {
        if (version is null || !version.StartsWith(NeededVersion + ".", StringComparison.Ordinal))
            throw new LibTorchException($"{folder} holds libtorch {version ?? "of an old, unknown version"}, but this build needs {NeededVersion}: install torch {NeededVersion}, or leave out the choice to use the one that came along");
    }

    private static bool IsLoaded() => LoadedLibTorch.PathInMemory() is not null;

    private static nint LoadOne(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException)
        {
            throw new LibTorchException($"{path} cannot be loaded: {failure.Message}", failure);
        }
    }

    private static string PathOf(string folder, string name) => Path.Combine(folder, $"lib{name}.so");
}
