using System.ComponentModel;
using System.Text.Json;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;

namespace Pipeline.Steps.Gating;

/// <summary>Fails when a metric is not what it has to be, so that what <c>needs</c> it does not happen.</summary>
public sealed class Gate : Step<Gate.With, Gate.Given, Gate.Made>
{
    public sealed record With
    {
        [Description("Conditions that must all hold, such as `align.preference.accuracy > finetune.preference.accuracy`: metric names, numbers, + - * /, comparisons, and, or, not. A minus has a space after it.")]
        public required IReadOnlyList<string> Require { get; init; }
    }

    public sealed record Given
    {
        [Description("The metrics to hold to the conditions: a step with its `metrics` output.")]
        public required Artifact<Metrics> Metrics { get; init; }
    }

    public sealed record Made
    {
        [Description("Each condition with both sides as they came out: `verdict.json`.")]
        public required Output<Files> Verdict { get; init; }
    }

    public override string Name => "gate";
    public override int Version => 1;
    public override string Description => "Holds metrics to conditions; when one fails, the run ends with exit code 4 and what needs the gate is skipped.";

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with.Require.Count == 0) yield return ("require", "a gate without conditions holds nothing back; name at least one");
        foreach (var text in with.Require)
        {
            var problem = "";
            try
            {
                Condition.OverNumbers(text);
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
        var metrics = JsonSerializer.Deserialize<SortedDictionary<string, double>>(File.ReadAllBytes(inputs.Metrics.Locate(Metrics.FileName)))!;
        var verdicts = new List<object>();
        var failed = new List<string>();
        foreach (var condition in with.Require.Select(Condition.Parse))
        {
            try
            {
                var verdict = condition.Evaluate(metrics);
                verdicts.Add(new { condition = condition.Text, holds = verdict.Holds, left = verdict.Left, right = verdict.Right });
                if (!verdict.Holds) failed.Add(verdict.Sides.Length > 0 ? $"{condition.Text} {verdict.Sides}" : condition.Text);
            }
            catch (KeyNotFoundException e)
            {
                throw new StepFailedException($"'{condition.Text}': {e.Message}");
            }
        }

        if (failed.Count > 0) throw new GateFailedException($"{failed.Count} of {with.Require.Count} conditions did not hold: {string.Join("; ", failed)}");
        File.WriteAllBytes(outputs.Verdict["verdict.json"], JsonSerializer.SerializeToUtf8Bytes(verdicts));
        context.Summary = $"{with.Require.Count} condition{(with.Require.Count == 1 ? " holds" : "s hold")}";
        return Task.CompletedTask;
    }
}
