using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution;
using Pipeline.Steps.General;
using Pipeline.TestKit;

namespace Pipeline.Steps.Tests.General;

/// <summary>Successive halving, from the file to what ran.</summary>
public sealed class HalvingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SearchedTraining training = new();

    private static string File(string rates, string halving = "{ first_rung: 10 }", string with = "steps: 80", string more = "select: { metric: loss, goal: min }") =>
        $$"""
        name: search
        steps:
          m:
            uses: test.train
            with: { {{with}} }
            matrix: { with.rate: [{{rates}}] }
            halving: {{halving}}
            {{more}}
        """;

    private ReadResult Read(string text, params (string Path, string Value)[] sets) => DefinitionReader.ReadText(text, folder["p.yaml"], new([training, new Select(), new Halve(), new Shell()]), new ReadOptions { Sets = sets });

    private PipelineDefinition Good(string text)
    {
        var read = Read(text);
        Assert.True(read.Definition is not null, ProblemPrinter.Print(read.Problems));
        return read.Definition;
    }

    private EngineState State => new(new StateFolder(folder["state"]), TimeProvider.System);

    private async Task<RunSummary> Run(string text, string? force = null, CancellationToken? stop = null)
    {
        training.Ran.Clear();
        var state = State;
        var executor = new InProcessExecutor(new([training, new Select(), new Halve(), new Shell()]), state.Store);
        var scheduler = new Scheduler(state, new(executor, executor, executor, new(() => "none", (_, _) => throw new InvalidOperationException())), new(2, 1L << 30, 0));
        return await scheduler.RunAsync(Good(text), new(1, force is null ? new HashSet<string>() : [force], false), new Deaf(), stop ?? TestContext.Current.CancellationToken);
    }

    private sealed class Deaf : IRunObserver
    {
        public void On(RunEvent happened)
        {
        }
    }

    private static string Words(RunSummary summary) => string.Join(' ', summary.Outcomes.Select(o => $"{o.Step.Id}:{o.State.ToString().ToLowerInvariant()}"));

    private static StepOutcome Of(RunSummary summary, string id) => summary.Outcomes.Single(o => o.Step.Id == id);

    [Fact]
    public async Task The_best_of_each_rung_go_on_from_where_they_were_and_the_others_stop()
    {
        var run = await Run(File("1, 6, 9, 4.5, 3, 5, 7, 8"));
        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.Equal(["1@0-10", "6@0-10", "9@0-10", "4.5@0-10", "3@0-10", "5@0-10", "7@0-10", "8@0-10", "6@10-20", "4.5@10-20", "3@10-20", "5@10-20", "4.5@20-40", "5@20-40", "5@40-80"], training.Ran);
        Assert.Equal("m--rate-5--rung-4 of 1: loss 0.0125", Of(run, "m").Result!.Summary);
        Assert.Equal("stopped by m--rung-1: 7 of 8, and 4 go on", Of(run, "m--rate-1--rung-2").Reason);
        Assert.Equal("is not in m--rung-2", Of(run, "m--rate-1--rung-3").Reason);
        Assert.Equal(new Dictionary<string, double> { ["best"] = 0.05, ["kept"] = 2, ["rank.m--rate-3--rung-2"] = 4, ["rank.m--rate-4_5--rung-2"] = 2, ["rank.m--rate-5--rung-2"] = 1, ["rank.m--rate-6--rung-2"] = 3 }, Of(run, "m--rung-2").Result!.Metrics);
        await Run(File("1, 6, 9, 4.5, 3, 5, 7, 8"));
        Assert.Empty(training.Ran);
    }

    [Fact]
    public async Task What_follows_the_horizon_is_that_of_the_whole_run_and_the_last_rung_is_the_step_as_written()
    {
        var steps = Good(File("1, 5")).Steps;
        Assert.Equal("""{"steps":10,"rate":5,"diverges_at":null,"decay_until":80}""", steps.Single(s => s.Id == "m--rate-5--rung-1").With.ToJsonString());
        Assert.Equal("""{"steps":80,"rate":5,"diverges_at":null,"decay_until":null}""", steps.Single(s => s.Id == "m--rate-5--rung-2").With.ToJsonString());
        await Run(File("1, 5"));
        await Run("name: search\nsteps:\n  alone: { uses: test.train, with: { rate: 5, steps: 80 } }\n");
        Assert.Empty(training.Ran);
    }

    [Fact]
    public void Rungs_are_factors_apart_until_one_is_left_which_goes_the_rest_of_the_way()
    {
        string[] Rungs(string text) => [.. Good(text).Steps.Where(s => s.Variant?.Name == "m--rate-1").Select(s => $"{s.Rung!.Horizon}:{s.Rung.From?.Keep}")];
        Assert.Equal(["10:", "80:1"], Rungs(File("1, 2")));
        Assert.Equal(["10:", "20:2", "80:1"], Rungs(File("1, 2, 3, 4, 5")));
        Assert.Equal(["10:", "30:2", "80:1"], Rungs(File("1, 2, 3, 4, 5, 6, 7, 8", "{ first_rung: 10, reduction_factor: 3 }")));
        Assert.Equal(["50:", "80:4"], Rungs(File("1, 2, 3, 4, 5, 6, 7, 8", "{ first_rung: 50 }")));
        Assert.Equal(["40:", "80:4"], Rungs(File("1, 2, 3, 4, 5, 6, 7, 8", "{ first_rung: 40 }")));
    }

    [Fact]
    public async Task Of_equals_the_first_goes_on()
    {
        var run = await Run(File("6, 4, 9"));
        Assert.Equal("m--rate-6--rung-2 of 1: loss 1.0125", Of(run, "m").Result!.Summary);
    }

    [Fact]
    public async Task A_trial_more_reuses_what_the_others_did()
    {
        await Run(File("1, 6, 4.5, 3"));
        var run = await Run(File("1, 6, 4.5, 3, 5"));
        Assert.Equal(["5@0-10", "5@10-20", "5@20-80"], training.Ran);
        Assert.Equal(StepState.Reused, Of(run, "m--rate-4_5--rung-2").State);
    }

    [Fact]
    public async Task A_trial_that_diverges_loses_and_is_not_tried_again_unless_it_is_forced()
    {
        var text = File("1, 6, 3").Replace("3] }", "3], include: [{ with.rate: 5, with.diverges_at: 15 }, { with.rate: 4, with.diverges_at: 2 }] }", StringComparison.Ordinal);
        var run = await Run(text);
        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.Equal("lost: the loss is not a number at step 2", Of(run, "m--rate-4--diverges_at-2--rung-1").Reason);
        Assert.Equal("lost: the loss is not a number at step 15", Of(run, "m--rate-5--diverges_at-15--rung-2").Reason);
        Assert.Equal("m--rate-6--rung-3 of 1: loss 1.0125", Of(run, "m").Result!.Summary);
        var again = await Run(text);
        Assert.Empty(training.Ran);
        Assert.Equal(RunStatus.Succeeded, again.Status);
        Assert.Equal("lost in an earlier run: the loss is not a number at step 2", Of(again, "m--rate-4--diverges_at-2--rung-1").Reason);
        await Run(text, force: "m--rate-4--diverges_at-2--rung-1");
        Assert.Equal(["4@0-10"], training.Ran);
    }

    [Fact]
    public async Task A_trial_that_fails_otherwise_loses_too_and_is_tried_again_the_next_time()
    {
        training.Before = (rate, _) => throw new IOException(rate == 5 ? "the disk is full" : "");
        var refused = await Run(File("5, 6, 3"));
        Assert.Equal(RunStatus.Failed, refused.Status);
        training.Before = (rate, _) =>
        {
            if (rate == 5) throw new IOException("the disk is full");
        };
        var run = await Run(File("5, 6, 3"));
        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.Contains("the disk is full", Of(run, "m--rate-5--rung-1").Reason, StringComparison.Ordinal);
        Assert.Equal("m--rate-6--rung-2 of 1: loss 1.0125", Of(run, "m").Result!.Summary);
        training.Before = (_, _) => { };
        Assert.Equal("m--rate-5--rung-2 of 1: loss 0.0125", Of(await Run(File("5, 6, 3")), "m").Result!.Summary);
    }

    [Fact]
    public async Task Where_all_have_failed_the_search_fails_and_says_how()
    {
        var run = await Run(File("1, 6", with: "steps: 80, diverges_at: 3"));
        Assert.Equal((RunStatus.Failed, "m--rate-1--rung-1:skipped m--rate-6--rung-1:skipped m--rung-1:failed m--rate-1--rung-2:skipped m--rate-6--rung-2:skipped m:skipped"), (run.Status, Words(run)));
        Assert.Equal("no trial is left: all 2 failed, the first m--rate-1--rung-1: lost: the loss is not a number at step 3", Of(run, "m--rung-1").Failure!.Message);
        var last = await Run(File("1, 6", with: "steps: 80, diverges_at: 30"));
        Assert.Equal((RunStatus.Failed, "no trial is left: m--rate-6--rung-2: lost: the loss is not a number at step 30"), (last.Status, Of(last, "m").Failure!.Message));
        Assert.Equal(RunStatus.Failed, (await Run(File("1, 6", with: "steps: 80, diverges_at: 30"))).Status);
    }

    [Fact]
    public async Task Stopped_in_the_middle_it_goes_on_where_it_was()
    {
        using var stop = new CancellationTokenSource();
        training.Before = (rate, steps) =>
        {
            if ((rate, steps) != (6, 20)) return;
            stop.Cancel();
            stop.Token.ThrowIfCancellationRequested();
        };
        var cancelled = await Run(File("1, 6, 3, 4.5"), stop: stop.Token);
        Assert.NotEqual(RunStatus.Succeeded, cancelled.Status);
        training.Before = (_, _) => { };
        var run = await Run(File("1, 6, 3, 4.5"));
        Assert.DoesNotContain(training.Ran, r => r.EndsWith("-10", StringComparison.Ordinal));
        Assert.Equal("m--rate-4_5--rung-3 of 1: loss 0.5125", Of(run, "m").Result!.Summary);
    }

    [Theory]
    [InlineData("{ first_rung: 80 }", "steps: 80", "select: { metric: loss, goal: min }", "the first rung is at 80, and with.steps is 80")]
    [InlineData("{ first_rung: 10 }", "steps: 80", "", "halving compares variants, and nothing says by what")]
    [InlineData("{ first_rung: 0 }", "steps: 80", "select: { metric: loss, goal: min }", "'first_rung' of halving cannot be 0")]
    [InlineData("{ first_rung: 10, reduction_factor: 1 }", "steps: 80", "select: { metric: loss, goal: min }", "'reduction_factor' of halving cannot be 1")]
    [InlineData("{}", "steps: 80", "select: { metric: loss, goal: min }", "halving needs the option 'first_rung'")]
    [InlineData("{ first_rung: 10, rungs: 3 }", "steps: 80", "select: { metric: loss, goal: min }", "unknown option 'rungs' of halving")]
    [InlineData("3", "steps: 80", "select: { metric: loss, goal: min }", "takes a mapping of first_rung, reduction_factor")]
    public void What_cannot_be_is_refused_with_its_remedy(string halving, string with, string more, string message)
    {
        var problems = Read(File("1, 2", halving, with, more)).Problems;
        Assert.Contains(message, ProblemPrinter.Print(problems), StringComparison.Ordinal);
        Assert.Single(problems);
    }

    [Fact]
    public void It_needs_a_matrix_a_horizon_and_something_to_compare()
    {
        Assert.Contains("there is no matrix whose variants to halve", ProblemPrinter.Print(Read("name: p\nsteps:\n  m: { uses: test.train, halving: { first_rung: 3 } }\n").Problems), StringComparison.Ordinal);
        Assert.Contains("shell has no horizon", ProblemPrinter.Print(Read("name: p\nsteps:\n  m: { uses: shell, with: { run: \"${{ matrix.x }}\" }, matrix: { x: [a, b] }, halving: { first_rung: 3 }, select: { metric: l, goal: min } }\n").Problems), StringComparison.Ordinal);
        Assert.Contains("halving needs to know how far the step goes", ProblemPrinter.Print(Read(File("1, 2", with: "steps: \"${{ steps.x.y }}\"")).Problems), StringComparison.Ordinal);
        Assert.Contains("makes one variant", ProblemPrinter.Print(Read(File("1")).Problems), StringComparison.Ordinal);
        Assert.Contains("with.steps cannot vary", ProblemPrinter.Print(Read(File("1, 2").Replace("matrix: {", "matrix: { with.steps: [20, 40],", StringComparison.Ordinal)).Problems), StringComparison.Ordinal);
        Assert.Contains("would be named 'm--rung-1'", ProblemPrinter.Print(Read(File("1, 2") + "\n  m--rung-1: { uses: shell, with: { run: x } }\n").Problems), StringComparison.Ordinal);
        Assert.Contains("are more than the 1,000 steps", ProblemPrinter.Print(Read(File(string.Join(", ", Enumerable.Range(1, 400)), "{ first_rung: 1 }")).Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("m--rate-1--rung-1")]
    [InlineData("m--rate-1--rung-2")]
    public void How_far_a_trial_goes_is_set_for_all_of_them_alone(string trial)
    {
        Assert.Contains($"how far '{trial}' goes is for its rung to say, so 'steps' cannot be set", ProblemPrinter.Print(Read(File("1, 2"), ($"steps.{trial}.with.steps", "30")).Problems), StringComparison.Ordinal);
        var longer = Read(File("1, 2"), ("steps.m.with.steps", "90"), ($"steps.{trial}.with.decay_until", "70")).Definition!.Steps.Single(s => s.Id == trial).With;
        Assert.Equal((trial.EndsWith('1') ? 10 : 90, 70), ((long)longer["steps"]!, (long)longer["decay_until"]!));
    }

    public void Dispose() => folder.Dispose();
}
