using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Pipeline.Engine.Authoring;
using Pipeline.Training.NativeLibraries;

namespace Pipeline.Steps.Train;

/// <summary>What the training steps have in common: a process of their own, ranks, and libtorch as part of the recipe.</summary>
public abstract class TrainStep<TParams, TInputs, TOutputs> : Step<TParams, TInputs, TOutputs>
    where TParams : TrainParams
{
    public override bool Isolated => true;
    public override bool SupportsRanks => true;
    public override int DefaultCpus => 2;
    public override IReadOnlyDictionary<string, string> Facets => TorchFacets.Of;

    protected override IEnumerable<(string Option, string Message)> Check(TParams with) => with.Problems();
}

/// <summary>What of the environment changes a model's bytes.</summary>
internal static class TorchFacets
{
    public static IReadOnlyDictionary<string, string> Of { get; } = new Dictionary<string, string> { ["device"] = "cpu", ["instructions"] = Instructions(), ["libtorch"] = LibTorchChoice.Identity(), ["torchsharp"] = "0.107.0" };

    /// <summary>The widest vectors here: the kernels that libtorch and its BLAS choose by them round differently.</summary>
    private static string Instructions() =>
        RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant() + (Avx512F.IsSupported ? "-avx512" : Avx2.IsSupported ? "-avx2" : "");
}
