using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;

namespace Pipeline.Steps.General;

/// <summary>Ranks the trials of a rung of successive halving.</summary>
public sealed class Halve : Step<Halve.With, Halve.Given, DeclaredOutputs>
{
    public enum Goal
    {
        Min,
        Max,
    }

    public sealed record With
    {
        [Description("The metric to go by, such as `validation.loss`: every trial must have it.")]
        public required string Metric { get; init; }

        [Description("Which value is best.")]
        public required Goal Goal { get; init; }

        [Description("How many go on.")]
        [Engine.Authoring.Range(1)]
        public required long Keep { get; init; }
    }

    public sealed record Given
    {
        [Description("The trials of the rung. Those that failed are left out: they have lost.")]
        public required ArtifactList<Metrics> Trials { get; init; }
    }

    public override string Name => "halve";
    public override int Version => 1;
    public override string Description => "Ranks trials by a metric, the first of equals first: `rank.TRIAL` from 1, and `kept`, the last rank that goes on. `halving` beside a matrix writes such a step for each rung.";
    public override string? DoesWithout => "trials";

    protected override Task RunAsync(With with, Given inputs, DeclaredOutputs outputs, StepContext context)
    {
        var trials = inputs.Trials.Entries.Select(e => (e.Name, Value: Value(with.Metric, e.Name, e.Artifact))).ToList();
        // Both sorts are stable.
        List<(string Name, double Value)> ranked = with.Goal == Goal.Min ? [.. trials.OrderBy(t => t.Value)] : [.. trials.OrderByDescending(t => t.Value)];
        var kept = (int)Math.Min(with.Keep, ranked.Count);
        for (var i = 0; i < ranked.Count; i++)
        {
            context.Metric(RungBefore.RankOf(ranked[i].Name), i + 1);
            context.Log(string.Create(CultureInfo.InvariantCulture, $"{i + 1,3}  {with.Metric} {ranked[i].Value:0.######}  {ranked[i].Name}{(i < kept ? "" : "  stops here")}"));
        }

        context.Metric(RungBefore.Kept, kept);
        context.Metric("best", ranked[0].Value);
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{kept} of {ranked.Count} go on · best {with.Metric} {ranked[0].Value:0.####}");
        return Task.CompletedTask;
    }

    private static double Value(string metric, string trial, Artifact given)
    {
        var metrics = JsonSerializer.Deserialize<SortedDictionary<string, double>>(File.ReadAllBytes(given.Locate(Metrics.FileName)))!;
        return metrics.TryGetValue(metric, out var value) ? value : throw new StepFailedException($"'{trial}' has no metric '{metric}'; it has: {string.Join(", ", metrics.Keys)}.");
    }
}
