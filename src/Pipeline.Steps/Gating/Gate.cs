using System.ComponentModel;
using System.Text.Json;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;

namespace Pipeline.Steps.Gating;

/// <summary>Fails or stops when a metric is not what it has to be, so that what <c>needs</c> it does not happen.</summary>
public sealed class Gate : Step<Gate.With, Gate.Given, Gate.Made>
{
    private const string Holds = "holds";

    public enum Otherwise
    {
        Fail,
        Stop,
    }

    public enum NoBaseline
    {
        Pass,
        Fail,
    }

    public sealed record With
    {
        [Description("Conditions that must all hold, such as `align.preference.accuracy > finetune.preference.accuracy`: metric names, `lock('main').STEP.METRIC`, numbers, + - * /, comparisons, and, or, not. A minus has a space after it.")]
        public required IReadOnlyList<string> Require { get; init; }

        [Description("What happens where one does not hold. `fail`: the run fails. `stop`: what needs the gate is skipped, and the run succeeds.")]
        public Otherwise Otherwise { get; init; } = Otherwise.Fail;

        [Description("What a condition comes to that compares with a figure which the other commit does not have. Without it such a condition is an error.")]
        public NoBaseline? NoBaseline { get; init; }

        [Description("The figures behind `lock(…)`; the engine writes them here, so that they are part of the recipe.")]
        public IReadOnlyDictionary<string, double> Baselines { get; init; } = new Dictionary<string, double>();

        [Description("Those of `lock(…)` for which there is no figure; the engine writes them here.")]
        public IReadOnlyList<string> Missing { get; init; } = [];
    }

    public sealed record Given
    {
        [Description("The steps whose metrics are held to the conditions. Of one step alone they may be named without it: METRIC; else STEP.METRIC.")]
        public required ArtifactList<Metrics> Metrics { get; init; }
    }

    public sealed record Made
    {
        [Description("Each condition with both sides as they came out: `verdict.json`.")]
        public required Output<Files> Verdict { get; init; }
    }

    public override string Name => "gate";
    public override int Version => 2;
    public override string Description => "Holds metrics to conditions; when one fails, the run ends with exit code 4, or stops there and succeeds, and what needs the gate is skipped.";
    public override string HoldsMetric => Holds;

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with.Require.Count == 0) yield return ("require", "a gate without conditions holds nothing back; name at least one");
        if (with.Missing.Count > 0 && with.NoBaseline is null) yield return ("missing", "say what a condition without a baseline comes to: no_baseline: pass or fail");
        foreach (var text in with.Require)
        {
            var problem = "";
            try
            {
                var unknown = Condition.OverNumbers(text).Names.Select(n => n.Name).FirstOrDefault(n => BaselineName.Parse(n) is not null && !with.Baselines.ContainsKey(n) && !with.Missing.Contains(n));
                if (unknown is not null) problem = $"'{unknown}' was not looked up; write the condition as text, not as an expression";
            }
            catch (FormatException e)
            {
                problem = e.Message;
            }

            if (problem.Length > 0) yield return ("require", problem);
        }
    }

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var metrics = Known(with, inputs);
        var verdicts = new List<object>();
        var failed = new List<string>();
        var passed = 0;
        foreach (var condition in with.Require.Select(Condition.Parse))
        {
            if (condition.Names.FirstOrDefault(n => with.Missing.Contains(n.Name)).Name is { } missing)
            {
                verdicts.Add(new { condition = condition.Text, holds = with.NoBaseline == NoBaseline.Pass, no_baseline = missing });
                if (with.NoBaseline == NoBaseline.Pass) passed++;
                else failed.Add($"{condition.Text} (there is no {missing})");
                continue;
            }

            try
            {
                var verdict = condition.Evaluate(name => metrics.TryGetValue(name, out var value) ? value : throw new KeyNotFoundException($"there is no metric '{name}'; there are: {Listed(metrics, inputs)}"));
                verdicts.Add(new { condition = condition.Text, holds = verdict.Holds, left = verdict.Left, right = verdict.Right });
                if (!verdict.Holds) failed.Add(verdict.Sides.Length > 0 ? $"{condition.Text} {verdict.Sides}" : condition.Text);
            }
            catch (KeyNotFoundException e)
            {
                throw new StepFailedException($"'{condition.Text}': {e.Message}");
            }
        }

        var story = $"{failed.Count} of {with.Require.Count} conditions did not hold: {string.Join("; ", failed)}";
        if (failed.Count > 0 && with.Otherwise == Otherwise.Fail) throw new GateFailedException(story);
        File.WriteAllBytes(outputs.Verdict["verdict.json"], JsonSerializer.SerializeToUtf8Bytes(verdicts));
        context.Metric(Holds, failed.Count == 0 ? 1 : 0);
        var holding = with.Require.Count - passed;
        context.Summary = failed.Count > 0 ? story : $"{holding} condition{(holding == 1 ? " holds" : "s hold")}{(passed > 0 ? $", {passed} without a baseline" : "")}";
        return Task.CompletedTask;
    }

    private static string Listed(SortedDictionary<string, double> metrics, Given inputs) =>
        string.Join(", ", inputs.Metrics.Entries is [var only] && only.Name.Split('.')[0] + "." is var prefix ? metrics.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).Select(k => k[prefix.Length..]) : metrics.Keys);

    /// <summary>Every figure by the names that a condition may call it.</summary>
    private static SortedDictionary<string, double> Known(With with, Given inputs)
    {
        var known = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, artifact) in inputs.Metrics.Entries.Select(e => (e.Name, e.Artifact)))
        {
            var step = name.Split('.')[0];
            foreach (var (metric, value) in JsonSerializer.Deserialize<SortedDictionary<string, double>>(File.ReadAllBytes(artifact.Locate(Metrics.FileName)))!)
            {
                known[$"{step}.{metric}"] = value;
                if (inputs.Metrics.Entries.Count == 1) known.TryAdd(metric, value);
            }
        }

        foreach (var (name, value) in with.Baselines) known[name] = value;
        return known;
    }
}
