using Pipeline.Training.NativeLibraries;
using static TorchSharp.torch;

namespace Pipeline.Ranks;

/// <summary>Computes something with a gradient and prints which libraries were mapped for it.</summary>
internal static class Libraries
{
    public static int Report()
    {
        using var scope = NewDisposeScope();
        var x = arange(1, 4, ScalarType.Float32).requires_grad_(true);
        (x * x).sum().backward();
        Console.WriteLine($"gradient {string.Join(' ', x.grad!.data<float>().ToArray())}");
        Console.WriteLine(LoadedLibTorch.Get());
        var mapped = File.ReadLines("/proc/self/maps").Select(line => line.IndexOf('/') is >= 0 and var start ? line[start..] : "");
        foreach (var path in mapped.Where(path => path.Contains("orch", StringComparison.Ordinal) || path.Contains("libc10", StringComparison.Ordinal)).Where(path => path.EndsWith(".so", StringComparison.Ordinal)).Distinct())
            Console.WriteLine(path);
        return 0;
    }
}
