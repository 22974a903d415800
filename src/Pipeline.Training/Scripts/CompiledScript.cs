using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Pipeline.Training.Scripts;

/// <summary>A compiled TorchScript source: reaches every operator of libtorch, and makes no managed temporaries that a garbage collection could free during a native call.</summary>
/// <remarks>A malformed source or an unknown function ends the process, so sources are constants of this assembly and each has a test.</remarks>
public sealed class CompiledScript : IDisposable
{
    static readonly Lock Gate = new();
    static bool interpreted;

    readonly jit.CompilationUnit unit;

    public CompiledScript(string source)
    {
        InterpretOperatorByOperator();
        // Its parser wants a newline before the end.
        unit = jit.compile(source + "\n");
    }

    public Tensor Tensor(string function, params object[] arguments) => (Tensor)unit.invoke(function, arguments);

    public Tensor[] Tensors(string function, params object[] arguments) => (Tensor[])unit.invoke(function, arguments);

    public void Do(string function, params object[] arguments) => unit.invoke(function, arguments);

    public void Dispose() => unit.Dispose();

    /// <summary>libtorch_cpu: loaded by now, from wherever it was chosen, so that its name alone finds that one.</summary>
    public static nint Library()
    {
        InitializeDeviceType(DeviceType.CPU);
        return NativeLibrary.Load(OperatingSystem.IsWindows() ? "torch_cpu.dll" : OperatingSystem.IsMacOS() ? "libtorch_cpu.dylib" : "libtorch_cpu.so");
    }

    /// <summary>The profiling executor rewrites a graph after its first runs and so changes bits between a run and its resumption: it is switched off.</summary>
    static unsafe void InterpretOperatorByOperator()
    {
        lock (Gate)
        {
            if (interpreted)
                return;
            var profilingMode = (delegate* unmanaged<byte*>)NativeLibrary.GetExport(Library(), "_ZN5torch3jit16getProfilingModeEv");
            *profilingMode() = 0;
            interpreted = true;
        }
    }
}
