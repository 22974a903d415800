using System.Text.Json.Nodes;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;

namespace Pipeline.Cli.Sweeps;

/// <summary>What a trial came to at a rung; of a matrix without halving there is one.</summary>
/// <param name="Horizon">How far it went; 0 where the step type has no horizon.</param>
/// <param name="Metric">NaN where the result has no such metric.</param>
internal sealed record RungResult(StepDefinition Step, long Horizon, double Metric, StepResult Result);

/// <summary>A variant of a matrix with its results, the shortest first.</summary>
/// <param name="State">In words: <c>best</c>, <c>stopped at rung 1</c>, <c>lost: …</c>, <c>did not run</c>; empty where it went all the way.</param>
internal sealed record Trial(VariantOf Variant, IReadOnlyList<RungResult> Rungs, string State)
{
    public RungResult? Last => Rungs.Count > 0 ? Rungs[^1] : null;

    public double Metric => Last?.Metric ?? double.NaN;

    public bool HasMetric => double.IsFinite(Metric);

    public bool HasPerplexity => Last?.Result.Metrics.ContainsKey("validation.perplexity") == true;

    public double? Parameters => Last?.Result.Metrics.TryGetValue("parameters", out var count) == true ? count : null;

    public double? Steps => Last?.Result.Metrics.TryGetValue("train.steps", out var steps) == true ? steps : null;

    /// <summary>Tokens that went through the model while it was trained: steps x sequences x context; null where a sequence has no set length.</summary>
    public double? Tokens => Last is { Step.With: var with } && Steps is { } steps && Number(with, "batch.sequences") is { } sequences && (Number(with, "context") ?? Number(with, "model.context")) is { } context ? steps * sequences * context : null;

    /// <summary>Of all its rungs: each went on from the one before.</summary>
    public double Seconds => Rungs.Sum(r => r.Result.Seconds);

    public static double? Number(JsonObject with, string path)
    {
        JsonNode? node = with;
        foreach (var name in path.Split('.')) node = (node as JsonObject)?[name];
        return node is JsonValue value && value.TryGetValue<double>(out var number) ? number : node is JsonValue whole && whole.TryGetValue<long>(out var integer) ? integer : null;
    }
}
