using System.ComponentModel;
using System.Globalization;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Tests.General;

/// <summary>A training without one: its loss falls with the steps towards |rate - 5|, and it can diverge or fail.</summary>
public sealed class SearchedTraining : Step<SearchedTraining.With, SearchedTraining.Given, SearchedTraining.Made>
{
    public sealed record With
    {
        [Description("How far."), Horizon]
        public long Steps { get; init; } = 80;

        [Description("5 is best.")]
        public double Rate { get; init; }

        [Description("The step at which it diverges.")]
        public long? DivergesAt { get; init; }

        [Description("Where it has fallen; the end where it is null.")]
        public long? DecayUntil { get; init; }
    }

    public sealed record Given;

    public sealed record Made
    {
        [Description("A number a step.")]
        public required Output<Files> Model { get; init; }
    }

    /// <summary>What each run began after and went to: <c>2@10-20</c>.</summary>
    public List<string> Ran { get; } = [];

    /// <summary>Called before each run with its rate and steps.</summary>
    public Action<double, long> Before { get; set; } = (_, _) => { };

    public override string Name => "test.train";
    public override int Version => 1;
    public override string Description => "Trains nothing.";

    protected override string? FollowsHorizon(With with) => with.DecayUntil is null ? "decay_until" : null;

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var done = context.Shorter is { } shorter ? File.ReadAllLines(shorter.State.Locate("model")).ToList() : [];
        context.WentOnFrom = context.Shorter?.Run;
        lock (Ran) Ran.Add(string.Create(CultureInfo.InvariantCulture, $"{with.Rate}@{done.Count}-{with.Steps}"));
        Before(with.Rate, with.Steps);
        for (long step = done.Count; step < with.Steps; step++)
        {
            if (step == with.DivergesAt) throw new DivergedException($"the loss is not a number at step {step}");
            done.Add($"{step} of {with.DecayUntil ?? with.Steps}");
        }

        File.WriteAllLines(Path.Combine(context.State, "model"), done);
        File.WriteAllLines(outputs.Model["model"], done);
        context.Metric("loss", Math.Abs(with.Rate - 5) + 1.0 / done.Count);
        return Task.CompletedTask;
    }
}
