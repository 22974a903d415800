using System.Runtime.InteropServices;
using TorchSharp;

namespace Pipeline.Training.Scripts;

/// <summary>Has matrix products computed in bfloat16 until disposed, on this thread. TorchSharp does not wrap this part of libtorch.</summary>
sealed unsafe class Autocast : IDisposable
{
    const string Namespace = "_ZN2at8autocast";
    static readonly DeviceType[] Devices = [DeviceType.CPU, DeviceType.CUDA];
    readonly nint library = CompiledScript.Library();

    Autocast()
    {
        foreach (var device in Devices)
        {
            ((delegate* unmanaged<sbyte, sbyte, void>)Export("18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE"))((sbyte)device, (sbyte)torch.ScalarType.BFloat16);
            Enable(device, 1);
        }
    }

    /// <summary>Around a forward pass only: the backward pass follows the types that it recorded.</summary>
    public static IDisposable? For(Precision precision) => precision == Precision.Bfloat16 ? new Autocast() : null;

    public void Dispose()
    {
        foreach (var device in Devices)
            Enable(device, 0);
        // It holds parameters as they were: the next step's differ.
        ((delegate* unmanaged<void>)Export("11clear_cacheEv"))();
    }

    void Enable(DeviceType device, byte on) => ((delegate* unmanaged<sbyte, byte, void>)Export("20set_autocast_enabledEN3c1010DeviceTypeEb"))((sbyte)device, on);

    nint Export(string name) => NativeLibrary.GetExport(library, Namespace + name);
}
