using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.General;

/// <summary>Passes on the outputs of the best of several steps.</summary>
public sealed class Select : Step<Select.With, Select.Given, DeclaredOutputs>
{
    public enum Goal
    {
        Last,
        Min,
        Max,
    }

    public sealed record With
    {
        [Description("The metric to go by, such as `validation.loss`: every candidate must have it.")]
        public string? Metric { get; init; }

        [Description("`min`: the candidate with the smallest value; `max`: with the largest; the first of equals. `last`: the last that ran, whatever its metrics.")]
        public required Goal Goal { get; init; }
    }

    public sealed record Given
    {
        [Description("The steps to choose from, each named alone. Those that were skipped are left out.")]
        public required ArtifactList<ArtifactKind> Candidates { get; init; }
    }

    public override string Name => "select";
    public override int Version => 1;
    public override string Description => "Passes on the outputs and metrics of the best of several steps; it has the outputs that all of them have.";
    public override string? PassesOn => "candidates";

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with.Goal != Goal.Last && with.Metric is null) yield return ("", $"goal: {with.Goal.ToString().ToLowerInvariant()} needs a metric to go by; add metric: NAME");
        if (with.Goal == Goal.Last && with.Metric is not null) yield return ("metric", "goal: last goes by the order alone; remove metric, or choose min or max");
    }

    protected override Task RunAsync(With with, Given inputs, DeclaredOutputs outputs, StepContext context)
    {
        var candidates = inputs.Candidates.Entries.GroupBy(e => e.Name.Split('.')[0]).Select(g => (Step: g.Key, Outputs: g.ToDictionary(e => e.Name[(g.Key.Length + 1)..], e => e.Artifact, StringComparer.Ordinal))).ToList();
        var metrics = candidates.Select(c => JsonSerializer.Deserialize<SortedDictionary<string, double>>(File.ReadAllBytes(c.Outputs[Metrics.Port].Locate(Metrics.FileName)))!).ToList();
        var best = with.Goal == Goal.Last ? candidates.Count - 1 : Best([.. candidates.Select((c, i) => Value(with.Metric!, c.Step, metrics[i]))], with.Goal);
        foreach (var (name, folder) in outputs.Folders)
        {
            foreach (var (file, path) in candidates[best].Outputs[name].LocateAll())
            {
                var target = Path.Combine(folder, file);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(path, target);
            }
        }

        foreach (var (name, value) in metrics[best]) context.Metric(name, value);
        for (var i = 0; with.Metric is not null && i < candidates.Count; i++) context.Log(string.Create(CultureInfo.InvariantCulture, $"{candidates[i].Step}: {with.Metric} {metrics[i][with.Metric]:0.######}{(i == best ? "  <- chosen" : "")}"));
        context.Summary = with.Metric is null ? $"{candidates[best].Step}, the last of {candidates.Count}" : string.Create(CultureInfo.InvariantCulture, $"{candidates[best].Step} of {candidates.Count}: {with.Metric} {metrics[best][with.Metric]:0.####}");
        return Task.CompletedTask;
    }

    private static double Value(string metric, string step, SortedDictionary<string, double> metrics) => metrics.TryGetValue(metric, out var value) ? value
        : throw new StepFailedException($"'{step}' has no metric '{metric}'; it has: {string.Join(", ", metrics.Keys)}.");

    /// <summary>The first of equals.</summary>
    private static int Best(double[] values, Goal goal)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            if (goal == Goal.Min ? values[i] < values[best] : values[i] > values[best]) best = i;
        }

        return best;
    }
}
