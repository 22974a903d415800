using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pipeline.Training.Scripts;

/// <summary>What the OpenMP library and MKL read from their environment when libtorch is loaded.</summary>
static class OpenMp
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The OpenMP library reads its environment when libtorch is loaded, so it must be set before any use of it.")]
    public static void Prepare()
    {
        if (OperatingSystem.IsWindows())
            return;
        // Threads sleep instead of spin while they wait. On a machine that also does other work, spinning threads take the cores from those they wait for: measured 8 to 10 times slower.
        // Whoever sets the variable decides otherwise.
        _ = SetNative("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);
        // As many threads as the recipe says, however few cores this process may use at the moment: another number sums in another order.
        _ = SetNative("OMP_DYNAMIC", "FALSE", overwrite: 1);
        _ = SetNative("MKL_DYNAMIC", "FALSE", overwrite: 1);
        _ = UnsetNative("OMP_THREAD_LIMIT");
    }

    // .NET's own Environment.SetEnvironmentVariable is not seen by native code.
    [DllImport("libc", EntryPoint = "setenv", BestFitMapping = false, ThrowOnUnmappableChar = true)]
    static extern int SetNative([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);

    [DllImport("libc", EntryPoint = "unsetenv", BestFitMapping = false, ThrowOnUnmappableChar = true)]
    static extern int UnsetNative([MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
