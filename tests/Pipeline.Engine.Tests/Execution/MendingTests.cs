using Pipeline.Engine.Execution;

namespace Pipeline.Engine.Tests.Execution;

/// <summary>What the loop of a run does when something comes otherwise than planned while other steps are at work.</summary>
public sealed class MendingTests
{
    [Fact]
    public async Task A_run_that_breaks_down_waits_for_the_steps_at_work_before_their_folders_go()
    {
        using var bench = new Bench().Step("quick", "quick", milliseconds: 50).Step("slow", "slow");
        using var begun = new ManualResetEventSlim();
        var ended = false;
        bench.Write.During = (text, context, made) =>
        {
            if (text != "slow") return;
            File.WriteAllText(made.Text["early.txt"], "early");
            begun.Set();
            Assert.True(context.Cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(20)));
            Thread.Sleep(100);
            ended = true;
        };
        bench.On = happened =>
        {
            if (happened is not RunEvent.StepFinished { Outcome.Step.Id: "quick" }) return;
            begun.Wait();
            throw new IOException("the log cannot be written");
        };
        var broken = await Assert.ThrowsAsync<IOException>(() => bench.RunAsync());
        Assert.Equal("the log cannot be written", broken.Message);
        Assert.True(ended);

        bench.On = _ => { };
        bench.Write.During = (text, _, made) =>
        {
            if (text == "slow") File.WriteAllText(made.Text["early.txt"], "early");
        };
        var again = await bench.RunAsync();
        Assert.Equal(RunStatus.Succeeded, again.Status);
        Assert.Equal(["early.txt", "text.txt"], again.Outcomes[1].Result!.Outputs["text"].Files.Select(f => f.Path));
    }

    [Fact]
    public async Task A_result_to_be_reused_is_decided_anew_when_a_lost_one_above_it_comes_out_otherwise()
    {
        using var bench = new Bench();
        var summary = await AboveComesOutOtherwise(bench, approve: null, fails: false);
        Assert.Equal("a:Ran c:Ran late:Ran p:Ran", Words(summary));
        Assert.Equal(2, bench.Write.Ran.Count(text => text == "p"));
    }

    [Fact]
    public async Task A_step_that_nobody_has_approved_does_not_start_because_another_fails()
    {
        using var bench = new Bench();
        var summary = await AboveComesOutOtherwise(bench, approve: "Is it good?", fails: true);
        Assert.Equal("a:Ran c:Ran late:Ran p:Skipped fails:Failed", Words(summary));
        Assert.StartsWith("waits for approval", summary.Outcomes[3].Reason, StringComparison.Ordinal);
        Assert.Single(bench.Write.Ran, text => text == "p");
    }

    /// <summary>p's result is planned to be reused and p waits for <c>late</c>; meanwhile c finds that what it reads of a is damaged, and a, made again, comes out otherwise.</summary>
    private static async Task<RunSummary> AboveComesOutOtherwise(Bench bench, string? approve, bool fails)
    {
        bench.Step("a", "a").Step("c", "c", ["a"]).Step("late", "late").Step("p", "p", ["a"], needs: ["late"], approve: approve);
        bench.On = happened =>
        {
            if (happened is RunEvent.StepAsks { Request: var asked }) bench.State.Approvals.Answer(new(asked.Key, asked.Step, asked.Pipeline, Approved: true, "ann", asked.Asked, ""));
        };
        var first = await bench.RunAsync();
        bench.On = _ => { };
        var blob = Directory.EnumerateFiles(bench.Folder["state"], first.Outcomes[0].Result!.Outputs["text"].Files[0].Sha256, SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(blob, "!");
        bench.Write.During = (text, _, made) =>
        {
            if (text == "a") File.WriteAllText(made.Text["other.txt"], "other");
        };
        bench.Step("c", "c2", ["a"]).Step("late", "late2", milliseconds: 500).Step("p", "p", ["a"], needs: ["late"], approve: approve);
        if (fails) bench.Step("fails", "fails", ["late"], fail: true, milliseconds: 500);
        return await bench.RunAsync();
    }

    private static string Words(RunSummary summary) => string.Join(" ", summary.Outcomes.Select(o => $"{o.Step.Id}:{o.State}"));
}
