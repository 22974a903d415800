using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;

namespace Pipeline.Engine.Tests.Execution;

public sealed class SchedulerTests
{
    private static string Words(RunSummary summary) => string.Join(" ", summary.Outcomes.Select(o => $"{o.Step.Id}:{o.State.ToString().ToLowerInvariant()}"));

    [Fact]
    public async Task A_second_run_reuses_every_step()
    {
        using var bench = new Bench().Step("a", "a").Step("b", "b", ["a"]).Step("c", "c", ["a", "b"]);
        var first = await bench.RunAsync();
        Assert.Equal(RunStatus.Succeeded, first.Status);
        Assert.Equal("c+a+b+a", bench.TextOf(first, "c"));
        var second = await bench.RunAsync();
        Assert.Equal("a:reused b:reused c:reused", Words(second));
        Assert.Equal(3, bench.Write.Ran.Count);
    }

    [Fact]
    public async Task The_same_bytes_upstream_stop_there()
    {
        using var bench = new Bench().Step("a", "SAME").Step("b", "b", ["a"]).Step("c", "c", ["b"]);
        await bench.RunAsync();
        // Another recipe, the same bytes.
        var summary = await bench.Step("a", "SAME", upper: true).RunAsync();
        Assert.Equal("a:ran b:reused c:reused", Words(summary));
        Assert.Equal("its inputs came out the same", summary.Outcomes[1].Reason);
    }

    [Fact]
    public async Task A_failure_skips_what_depends_on_it_and_keeps_what_was_done()
    {
        using var bench = new Bench().Step("a", "a").Step("b", "b", ["a"], fail: true).Step("c", "c", ["b"]).Step("d", "d", needs: ["c"]);
        var summary = await bench.RunAsync();
        Assert.Equal(RunStatus.Failed, summary.Status);
        Assert.Equal("a:ran b:failed c:skipped d:skipped", Words(summary));
        Assert.Equal("'b' was told to fail", summary.Outcomes[1].Failure!.Message);
        Assert.Equal("b failed", summary.Outcomes[2].Reason);
        Assert.False(File.Exists(bench.Folder["bench.lock.json"]));
        Assert.Equal("a:reused b:ran c:ran d:ran", Words(await bench.Step("b", "b", ["a"]).RunAsync()));
    }

    [Fact]
    public async Task Keep_going_does_what_does_not_depend_on_the_failure()
    {
        using var bench = new Bench().Step("bad", "bad", fail: true).Step("slow", "slow", milliseconds: 50).Step("after", "after", ["slow"]);
        Assert.Equal("bad:failed slow:ran after:ran", Words(await bench.RunAsync(keepGoing: true)));
    }

    [Fact]
    public async Task Damaged_blobs_are_made_again_in_the_run_that_meets_them()
    {
        using var bench = new Bench().Step("a", "a").Step("b", "b", ["a"]).Step("c", "c", ["b"]).Step("d", "d", ["b"]);
        var first = await bench.RunAsync();
        foreach (var damaged in first.Outcomes.Take(2))
        {
            var blob = Directory.EnumerateFiles(bench.Folder["state"], damaged.Result!.Outputs["text"].Files[0].Sha256, SearchOption.AllDirectories).Single();
            File.WriteAllText(blob, new string('!', (int)new FileInfo(blob).Length));
        }

        var mended = await bench.Step("c", "c2", ["b"]).Step("d", "d2", ["b"]).RunAsync();
        Assert.Equal("a:ran b:ran c:ran d:ran", Words(mended));
        Assert.Equal("result lost from store", mended.Outcomes[1].Reason);
        Assert.Equal("c2+b+a", bench.TextOf(mended, "c"));
        Assert.Equal("d2+b+a", bench.TextOf(mended, "d"));
        Assert.Equal(1, bench.Write.Ran.Count(r => r == "a") - 1);
    }

    [Fact]
    public async Task A_store_that_loses_what_is_written_fails_the_step_in_the_end()
    {
        using var bench = new Bench().Step("a", "a").Step("b", "b", ["a"]);
        bench.Write.Before = text =>
        {
            if (text != "b") return;
            foreach (var blob in Directory.EnumerateFiles(bench.Folder["state/store/blobs"], "*", SearchOption.AllDirectories)) File.Delete(blob);
        };
        var summary = await bench.RunAsync();
        Assert.Equal("a:ran b:failed", Words(summary));
        Assert.Contains("has lost the blob", summary.Outcomes[1].Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(4, bench.Write.Ran.Count(r => r == "b"));
    }

    [Fact]
    public async Task Two_runs_at_once_do_no_step_twice_and_agree()
    {
        using var bench = new Bench();
        for (var i = 0; i < 12; i++) bench.Step($"s{i}", $"{i}", i < 4 ? null : [$"s{i - 4}", $"s{(i + 1) % 4}"], milliseconds: 20);
        var both = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => bench.RunAsync())));
        Assert.Equal("", string.Join('\n', both.SelectMany(s => s.Outcomes).Where(o => o.Failure is not null).Select(o => $"{o.Step.Id}: {o.Failure!.Message}")));
        Assert.Equal(12, bench.Write.Ran.Count);
        Assert.Single(both.Select(s => string.Join(",", s.Outcomes.Select(o => o.Result!.Outputs["text"].Digest))).Distinct());
    }

    [Fact]
    public async Task The_pool_bounds_how_many_steps_run_at_once()
    {
        using var bench = new Bench();
        for (var i = 0; i < 9; i++) bench.Step($"s{i}", $"{i}", milliseconds: 30, resources: new(2, 0, 0, 1));
        await bench.RunAsync(jobs: 9, machine: new(4, 1 << 20, 0));
        Assert.Equal(2, bench.Write.MostAtOnce);
    }

    [Fact]
    public async Task A_step_that_asks_for_more_cpus_than_there_are_gets_them_all_and_one_that_asks_for_a_gpu_is_refused()
    {
        using var bench = new Bench().Step("wide", "w", resources: new(64, 0, 0, 1));
        Assert.Equal("wide:ran", Words(await bench.RunAsync()));
        bench.Step("gpu", "g", resources: new(1, 0, 1, 1));
        var refused = await Assert.ThrowsAsync<InfeasibleException>(() => bench.RunAsync(keepGoing: true));
        Assert.Contains("1 gpu and this machine has 0", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_run_keeps_what_is_done_and_goes_on_later()
    {
        using var bench = new Bench().Step("a", "a").Step("b", "b", ["a"], milliseconds: 60_000);
        using var cancel = new CancellationTokenSource();
        var running = bench.RunAsync(cancellation: cancel.Token);
        while (!bench.Write.Ran.Contains("b")) await Task.Delay(5);
        await cancel.CancelAsync();
        var summary = await running;
        Assert.Equal(RunStatus.Cancelled, summary.Status);
        Assert.Equal("a:ran b:failed", Words(summary));
        Assert.Equal("a:reused b:ran", Words(await bench.Step("b", "b", ["a"]).RunAsync()));
    }

    [Fact]
    public async Task A_forced_step_runs_again_and_its_dependents_are_cut_off()
    {
        using var bench = new Bench().Step("a", "a").Step("b", "b", ["a"]);
        await bench.RunAsync();
        Assert.Equal("a:ran b:reused", Words(await bench.RunAsync(force: ["a"])));
    }

    [Fact]
    public async Task The_lock_file_is_sorted_stable_and_untouched_by_a_no_op()
    {
        using var bench = new Bench().Step("b", "b").Step("a", "a", ["b"]);
        await bench.RunAsync();
        var text = await File.ReadAllTextAsync(bench.Folder["bench.lock.json"]);
        File.SetLastWriteTimeUtc(bench.Folder["bench.lock.json"], DateTime.UnixEpoch);
        await bench.RunAsync();
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(bench.Folder["bench.lock.json"]));
        Assert.True(text.IndexOf("\"a\"", StringComparison.Ordinal) < text.IndexOf("\"b\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Collection_keeps_the_latest_results_and_removes_the_rest()
    {
        using var bench = new Bench().Step("a", "one");
        await bench.RunAsync();
        await bench.Step("a", "two").RunAsync();
        var dry = GarbageCollection.Collect(bench.State, [], TimeSpan.FromSeconds(-60), dryRun: true);
        Assert.Equal(1, dry.Results);
        var kept = GarbageCollection.Collect(bench.State, [File.ReadAllText(bench.Folder["bench.lock.json"])], TimeSpan.FromSeconds(-60), dryRun: false);
        Assert.Equal(dry, kept);
        Assert.Equal("a:reused", Words(await bench.RunAsync()));
        Assert.Equal("a:ran", Words(await bench.Step("a", "one").RunAsync()));
    }

    [Fact]
    public async Task A_thousand_steps_cost_the_same_each_as_a_hundred()
    {
        using var bench = new Bench();
        for (var i = 0; i < 1000; i++) bench.Step($"s{i}", $"{i}", i < 100 ? null : [$"s{i - 100}", $"s{(i % 100 * 7) % 100}"]);
        Assert.Equal(RunStatus.Succeeded, (await bench.RunAsync()).Status);
        Assert.All((await bench.RunAsync()).Outcomes, o => Assert.Equal(StepState.Reused, o.State));
        Assert.Equal(1000, bench.Write.Ran.Count);
    }

    [Fact]
    public async Task The_log_of_a_killed_run_can_still_be_read()
    {
        using var bench = new Bench().Step("a", "a");
        await bench.RunAsync();
        var folder = new StateFolder(bench.Folder["state"]);
        Directory.CreateDirectory(Path.Combine(folder.Runs, "r1"));
        await File.WriteAllTextAsync(Path.Combine(folder.Runs, "r1", RunLog.FileName), "{\"event\":\"run.started\",\"run\":\"r1\"}\n{\"event\":\"step.st");
        var (run, events) = RunLog.ReadAll(folder).First(r => r.Run == "r1");
        Assert.Equal("r1", run);
        Assert.Single(events);
    }
}
