using System.Runtime.InteropServices;
using TorchSharp;

namespace Pipeline.Training.NativeLibraries;

/// <summary>The libtorch that this process computes with.</summary>
/// <param name="Version">As <c>2.10.0</c>.</param>
/// <param name="Device"><c>cpu</c>, or the number of CUDA devices.</param>
public sealed record LoadedLibTorch(string Path, string Version, string Device)
{
    /// <summary>Loads libtorch, a matter of half a second, where that has not happened yet.</summary>
    public static LoadedLibTorch Get()
    {
        torch.InitializeDeviceType(DeviceType.CPU);
        var path = PathInMemory() ?? throw new LibTorchException("libtorch was initialised but is not in this process's memory map");
        var devices = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        return new LoadedLibTorch(path, LibTorchFolder.VersionOf(NativeLibrary.Load(path)) ?? "unknown", devices > 0 ? $"cuda ({devices})" : "cpu");
    }

    public override string ToString() => $"libtorch {Version} on {Device} from {System.IO.Path.GetDirectoryName(Path)}";

    /// <summary>From the kernel's own account of what is mapped.</summary>
    internal static string? PathInMemory() =>
        File.ReadLines("/proc/self/maps").Select(line => line.IndexOf('/') is >= 0 and var start ? line[start..] : "").FirstOrDefault(path => System.IO.Path.GetFileName(path) == "libtorch_cpu.so");
}
