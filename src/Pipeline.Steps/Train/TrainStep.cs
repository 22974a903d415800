using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Train;

/// <summary>What the training steps have in common: a process of their own, ranks, and libtorch as part of the recipe.</summary>
public abstract class TrainStep<TParams, TInputs, TOutputs> : Step<TParams, TInputs, TOutputs>
    where TParams : TrainParams
{
    public override bool Isolated => true;
    public override bool SupportsRanks => true;
    public override int DefaultCpus => 2;
    public override string? CpusOption => "threads";
    public override IReadOnlyDictionary<string, string> Facets => TorchFacets.Of;

    public override int GpusOf(JsonObject with) => TrainDevices.GpusOf(with);

    protected override string? FollowsHorizon(TParams with) => with.FollowsSteps;

    protected override IEnumerable<(string Option, string Message)> Check(TParams with) => with.Problems();
}
