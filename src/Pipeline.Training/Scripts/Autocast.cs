using System.Runtime.InteropServices;
using TorchSharp;

namespace Pipeline.Training.Scripts;

/// <summary>Runs the operators that profit from it in bfloat16 until disposed, on this thread. TorchSharp does not wrap this part of libtorch.</summary>
static unsafe class Autocast
{
    public static IDisposable? For(Precision precision, torch.Device device) => precision == Precision.Float32 ? null : new Region((sbyte)device.type);

    sealed class Region : IDisposable
    {
        const string Namespace = "_ZN2at8autocast";
        readonly sbyte device;
        readonly nint library;

        public Region(sbyte device)
        {
            this.device = device;
            library = CompiledScript.Library();
            ((delegate* unmanaged<sbyte, sbyte, void>)Export("18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE"))(device, (sbyte)torch.ScalarType.BFloat16);
            Enable(true);
        }

        public void Dispose()
        {
            ((delegate* unmanaged<void>)Export("11clear_cacheEv"))();
            Enable(false);
        }

        void Enable(bool on) => ((delegate* unmanaged<sbyte, byte, void>)Export("20set_autocast_enabledEN3c1010DeviceTypeEb"))(device, on ? (byte)1 : (byte)0);

        nint Export(string name) => NativeLibrary.GetExport(library, Namespace + name);
    }
}
