using Pipeline.Engine.Execution;
using Pipeline.Engine.Planning;

namespace Pipeline.Engine.Tests.Execution;

public sealed class WhenTests
{
    private static string Words(RunSummary summary) => string.Join(" ", summary.Outcomes.Select(o => $"{o.Step.Id}:{o.State.ToString().ToLowerInvariant()}"));

    private static Bench Chain(string when, string a = "a") => new Bench().Step("a", a).Step("b", "b", ["a"], needs: ["a"], when: when).Step("c", "c", ["b"]).Step("d", "d", ["a"]);

    [Fact]
    public async Task A_step_whose_condition_does_not_hold_is_skipped_with_what_depends_on_it_and_the_run_succeeds()
    {
        using var bench = Chain("a.length > 1");
        var summary = await bench.RunAsync();
        Assert.Equal((RunStatus.Succeeded, "a:ran b:skipped c:skipped d:ran"), (summary.Status, Words(summary)));
        Assert.Equal("when: a.length > 1 does not hold (1 against 1)", summary.Outcomes[1].Reason);
        Assert.Equal("b was skipped", summary.Outcomes[2].Reason);
        Assert.DoesNotContain("\"b\"", await File.ReadAllTextAsync(bench.Folder["bench.lock.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_step_runs_when_its_condition_comes_to_hold()
    {
        using var bench = Chain("a.length > 1");
        await bench.RunAsync();
        Assert.Equal("a:ran b:ran c:ran d:ran", Words(await bench.Step("a", "longer").RunAsync()));
    }

    [Fact]
    public async Task The_plan_knows_what_is_skipped_as_soon_as_the_metric_is_there()
    {
        using var bench = Chain("a.length > 1");
        Assert.Equal(["run", "maybe", "maybe", "run"], bench.Plan().Decisions.Select(d => d.Word));
        Assert.Equal("waits for a; runs when a.length > 1", bench.Plan().Decisions[1].Reason);
        Assert.Equal("never ran; runs unless b is skipped", bench.Plan().Decisions[2].Reason);
        await bench.RunAsync();
        var plan = bench.Plan();
        Assert.Equal(["reuse", "skip", "skip", "reuse"], plan.Decisions.Select(d => d.Word));
        Assert.True(plan.IsFresh);
        Assert.Contains("2 reused, 0 to run, 2 skipped", PlanPrinter.Print(plan), StringComparison.Ordinal);
        Assert.Equal("a:reused b:skipped c:skipped d:reused", Words(await bench.RunAsync()));
    }

    [Fact]
    public void A_condition_without_metrics_is_decided_by_the_plan()
    {
        using var bench = Chain("false");
        Assert.Equal(["run", "skip", "skip", "run"], bench.Plan().Decisions.Select(d => d.Word));
    }

    [Fact]
    public async Task A_metric_that_the_step_does_not_have_is_a_failure_that_names_those_it_has()
    {
        using var bench = Chain("a.lenght > 1");
        var summary = await bench.RunAsync(keepGoing: true);
        Assert.Equal((RunStatus.Failed, "a:ran b:failed c:skipped d:ran"), (summary.Status, Words(summary)));
        Assert.Equal("its when asks for a.lenght, and 'a' has no metric 'lenght'; it has: length", summary.Outcomes[1].Failure!.Message);
    }

    [Fact]
    public async Task A_failure_beside_a_skipped_step_still_fails_the_run()
    {
        using var bench = Chain("a.length > 1").Step("e", "e", fail: true).Step("f", "f", ["c", "e"]);
        var summary = await bench.RunAsync(keepGoing: true);
        Assert.Equal(RunStatus.Failed, summary.Status);
        Assert.Equal("e failed", summary.Outcomes[^1].Reason);
    }
}
