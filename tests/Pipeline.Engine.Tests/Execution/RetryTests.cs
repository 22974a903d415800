using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution;

namespace Pipeline.Engine.Tests.Execution;

public sealed class RetryTests
{
    private static readonly RetryPolicy Thrice = new(3, Enum.GetValues<RetryCause>(), TimeSpan.FromMilliseconds(1));

    /// <summary>Timers that go off a thousand times sooner.</summary>
    private sealed class Hasty : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, dueTime / 1000, period);
    }

    private static void FailUntil(Bench bench, int attempt, Func<Exception> failure)
    {
        var attempts = 0;
        bench.Write.Before = _ =>
        {
            if (Interlocked.Increment(ref attempts) < attempt) throw failure();
        };
    }

    private static string Log(Bench bench, RunSummary summary) => File.ReadAllText(Path.Combine(bench.State.Folder.Runs, summary.Run, "a.log"));

    [Fact]
    public async Task A_step_that_fails_twice_succeeds_at_the_third_attempt_and_every_attempt_is_told()
    {
        using var bench = new Bench().Step("a", "a", retry: Thrice);
        FailUntil(bench, 3, () => new StepFailedException("the server did not answer"));
        var summary = await bench.RunAsync();
        Assert.Equal((RunStatus.Succeeded, 3), (summary.Status, summary.Outcomes[0].Attempts));
        Assert.Equal([1, 2], bench.Heard.OfType<RunEvent.StepRetries>().Select(e => e.Attempt));
        Assert.Contains("attempt 1 of 3 failed (step): the server did not answer; the next begins in 1 ms", Log(bench, summary), StringComparison.Ordinal);
        Assert.Equal(3, (int?)RunEventJson.Of(summary.Outcomes[0])["attempts"]);
    }

    [Fact]
    public async Task After_the_last_attempt_the_step_has_failed()
    {
        using var bench = new Bench().Step("a", "a", retry: Thrice, fail: true);
        var outcome = (await bench.RunAsync()).Outcomes[0];
        Assert.Equal((StepState.Failed, FailureCause.Step, 3), (outcome.State, outcome.Failure!.Cause, outcome.Attempts));
        Assert.Equal(3, bench.Write.Ran.Count);
    }

    [Fact]
    public async Task A_cause_that_is_not_named_is_not_tried_again()
    {
        using var bench = new Bench().Step("a", "a", retry: Thrice with { On = [RetryCause.Crash, RetryCause.Timeout] }, fail: true);
        Assert.Equal(1, (await bench.RunAsync()).Outcomes[0].Attempts);
    }

    [Fact]
    public async Task A_gate_is_never_tried_again()
    {
        using var bench = new Bench().Step("a", "a", retry: Thrice);
        FailUntil(bench, 9, () => new GateFailedException("too low"));
        var outcome = (await bench.RunAsync()).Outcomes[0];
        Assert.Equal((FailureCause.Gate, 1), (outcome.Failure!.Cause, outcome.Attempts));
    }

    [Fact]
    public async Task Want_of_memory_is_told_apart_and_may_be_the_only_cause_to_try_again()
    {
        using var bench = new Bench().Step("a", "a", retry: Thrice with { On = [RetryCause.OutOfMemory] });
        FailUntil(bench, 2, () => new InsufficientMemoryException());
        Assert.Equal(2, (await bench.RunAsync()).Outcomes[0].Attempts);
        Assert.Equal("out_of_memory", (string?)RunEventJson.Of(bench.Heard.OfType<RunEvent.StepRetries>().Single())["cause"]);
        Assert.True(Causes.IsOutOfMemory(new System.ComponentModel.Win32Exception(1, "CUDA out of memory. Tried to allocate 2.00 GiB")));
        Assert.False(Causes.IsOutOfMemory(new StepFailedException("the model is out of memory of its past")));
    }

    [Fact]
    public async Task What_a_failed_attempt_wrote_does_not_get_into_the_next_but_its_workspace_is_there()
    {
        using var bench = new Bench().Step("a", "a", retry: Thrice);
        var attempts = 0;
        bench.Write.During = (_, context, outputs) =>
        {
            var mark = Path.Combine(context.Workspace, "checkpoint");
            Assert.Equal(attempts > 0, File.Exists(mark));
            File.WriteAllText(mark, "so far");
            if (attempts++ > 0) return;
            File.WriteAllText(outputs.Text["half.txt"], "half");
            throw new StepFailedException("half way");
        };
        var summary = await bench.RunAsync();
        Assert.Equal(["text.txt"], summary.Outcomes[0].Result!.Outputs["text"].Files.Select(f => f.Path));
    }

    [Fact]
    public async Task A_step_that_takes_too_long_is_cancelled_and_its_cause_is_timeout()
    {
        using var bench = new Bench().Step("a", "a", milliseconds: 60_000, timeout: TimeSpan.FromMilliseconds(50)).Step("b", "b", ["a"]);
        var summary = await bench.RunAsync();
        Assert.Equal((RunStatus.Failed, FailureCause.Timeout, StepState.Skipped), (summary.Status, summary.Outcomes[0].Failure!.Cause, summary.Outcomes[1].State));
        Assert.StartsWith("it took longer than its timeout of 50 ms", summary.Outcomes[0].Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_timeout_may_be_tried_again_and_counts_for_each_attempt_alone()
    {
        using var bench = new Bench().Step("a", "a", milliseconds: 60_000, timeout: TimeSpan.FromMilliseconds(30), retry: Thrice);
        var summary = await bench.RunAsync();
        Assert.Equal((FailureCause.Timeout, 3), (summary.Outcomes[0].Failure!.Cause, summary.Outcomes[0].Attempts));
    }

    [Fact]
    public async Task A_step_in_time_is_not_disturbed()
    {
        using var bench = new Bench().Step("a", "a", timeout: TimeSpan.FromHours(1));
        Assert.Equal(RunStatus.Succeeded, (await bench.RunAsync()).Status);
    }

    [Fact]
    public async Task A_step_that_does_not_stop_when_asked_is_left_to_itself_and_not_started_beside_itself()
    {
        using var bench = new Bench().Step("a", "a", timeout: TimeSpan.FromSeconds(5), retry: Thrice);
        using var release = new ManualResetEventSlim();
        bench.Write.Before = _ =>
        {
            release.Wait();
            throw new StepFailedException("too late to matter");
        };
        var summary = await bench.RunAsync(clock: new Hasty());
        release.Set();
        Assert.Equal((FailureCause.Timeout, 1), (summary.Outcomes[0].Failure!.Cause, summary.Outcomes[0].Attempts));
        Assert.Contains("did not stop when it was asked to", summary.Outcomes[0].Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_between_two_attempts_ends_the_run()
    {
        using var bench = new Bench().Step("a", "a", retry: Thrice with { Delay = TimeSpan.FromHours(1) }, fail: true);
        using var cancel = new CancellationTokenSource();
        var running = bench.RunAsync(cancellation: cancel.Token);
        while (!bench.Heard.OfType<RunEvent.StepRetries>().Any()) await Task.Delay(5);
        await cancel.CancelAsync();
        var summary = await running;
        Assert.Equal((RunStatus.Cancelled, FailureCause.Cancelled), (summary.Status, summary.Outcomes[0].Failure!.Cause));
    }
}
