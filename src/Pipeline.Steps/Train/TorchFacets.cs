using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;
using Pipeline.Training.NativeLibraries;

namespace Pipeline.Steps.Train;

/// <summary>What of the environment changes a model's bytes.</summary>
internal static class TorchFacets
{
    /// <summary>Variables by which a user has libtorch and its libraries choose other kernels.</summary>
    private static readonly string[] Variables = ["ATEN_CPU_CAPABILITY", "DNNL_DEFAULT_FPMATH_MODE", "DNNL_MAX_CPU_ISA", "MKL_CBWR", "MKL_DEBUG_CPU_TYPE", "MKL_ENABLE_INSTRUCTIONS", "ONEDNN_DEFAULT_FPMATH_MODE", "ONEDNN_MAX_CPU_ISA"];

    public static IReadOnlyDictionary<string, string> Of { get; } = Read();

    private static Dictionary<string, string> Read()
    {
        var facets = new Dictionary<string, string> { ["instructions"] = Instructions(), ["libtorch"] = LibTorchChoice.Identity(), ["torchsharp"] = "0.107.0" };
        var set = Variables.Where(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 }).Select(name => $"{name}={Environment.GetEnvironmentVariable(name)}").ToList();
        if (set.Count > 0) facets["variables"] = string.Join(' ', set);
        return facets;
    }

    /// <summary>Maker and widest vectors of the processor: the kernels that libtorch and its BLAS (MKL goes by the maker too) choose by them round differently.</summary>
    private static string Instructions() =>
        RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant() + Maker() + (Avx512F.IsSupported ? "-avx512" : Avx2.IsSupported ? "-avx2" : "");

    private static string Maker()
    {
        if (!X86Base.IsSupported) return "";
        var (_, first, last, middle) = X86Base.CpuId(0, 0);
        var letters = new byte[12];
        foreach (var (part, i) in new[] { first, middle, last }.Select((p, i) => (p, i))) BitConverter.TryWriteBytes(letters.AsSpan(4 * i), part);
        return Encoding.ASCII.GetString(letters) switch { "GenuineIntel" => "-intel", "AuthenticAMD" => "-amd", _ => "-other" };
    }
}
