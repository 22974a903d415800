using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Planning;

/// <summary>Why a step is skipped as the pipeline says.</summary>
/// <param name="PassedOn">What depends on the step says the same: the end of rounds and a gate that stopped explain themselves better than the name of a neighbour.</param>
public sealed record Skipping(string Reason, bool PassedOn)
{
    /// <summary>A trial of a search failed: it has lost.</summary>
    public bool HasLost { get; init; }

    /// <summary>For a step that depends on one that is skipped.</summary>
    /// <param name="above">That one's id.</param>
    public static Skipping Below(string above, Skipping skipped, string word) => skipped.PassedOn ? skipped : new($"{above} {word} skipped", PassedOn: false);

    /// <summary>Why what depends on a step is skipped though the step has a result: it is a gate that stopped. Null otherwise.</summary>
    public static Skipping? ByGate(StepDefinition gate, StepResult result) =>
        gate.Type.HoldsMetric is { } holds && result.Metrics.TryGetValue(holds, out var value) && value == 0 ? new($"{gate.Id} stopped here: {result.Summary}", PassedOn: true) : null;
}
