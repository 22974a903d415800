using System.Diagnostics;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Execution;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Execution;

/// <summary>Where users of other engines were let down (docs/promises.md).</summary>
public sealed class PeerTests
{
    private static string Words(RunSummary summary) => string.Join(" ", summary.Outcomes.Select(o => $"{o.Step.Id}:{o.State.ToString().ToLowerInvariant()}"));

    [Fact]
    public async Task What_a_step_wrote_before_it_failed_is_nowhere_to_be_found()
    {
        using var bench = new Bench().Step("a", "a");
        bench.Write.During = (_, _, outputs) =>
        {
            File.WriteAllText(outputs.Text["text.txt"], "half of it");
            throw new StepFailedException("half way");
        };
        Assert.Equal("a:failed", Words(await bench.RunAsync()));
        Assert.Empty(bench.State.Results.All());
        Assert.Empty(bench.State.Store.All());
        Assert.DoesNotContain(Directory.EnumerateFiles(bench.Folder.Path, "*", SearchOption.AllDirectories), f => File.ReadAllText(f).Contains("half of it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_step_with_hundreds_of_inputs_is_reused_and_asks_for_each_result_once()
    {
        const int Many = 400;
        using var bench = new Bench();
        for (var i = 0; i < Many; i++) bench.Step($"s{i}", $"{i}");
        bench.Step("all", "all", [.. Enumerable.Range(0, Many).Select(i => $"s{i}")]);
        await bench.RunAsync();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var again = await bench.RunAsync();
        Assert.All(again.Outcomes, o => Assert.Equal(StepState.Reused, o.State));
        Assert.Equal(Many + 1, bench.Write.Ran.Count);
        // Cost that grows with the square would be a hundred times this.
        Assert.InRange((GC.GetTotalAllocatedBytes(precise: true) - before) / Many, 0, 200_000);
    }

    [Fact]
    public async Task Every_failure_of_a_run_that_keeps_going_is_told_and_kept()
    {
        using var bench = new Bench();
        for (var i = 0; i < 10; i++) bench.Step($"s{i}", $"text {i}", fail: i % 2 == 0);
        var summary = await bench.RunAsync(keepGoing: true);
        string[] expected = [.. Enumerable.Range(0, 5).Select(i => $"'text {2 * i}' was told to fail")];
        Assert.Equal(expected, summary.Outcomes.Where(o => o.State == StepState.Failed).Select(o => o.Failure!.Message));
        Assert.Equal(5, summary.Outcomes.Count(o => o.State == StepState.Ran));

        using var log = new RunLog(bench.State.Folder);
        foreach (var happened in bench.Heard) log.On(happened);
        log.Dispose();
        var kept = RunLog.ReadAll(bench.State.Folder).Single(r => r.Run == summary.Run).Events;
        Assert.Equal(expected.Order(), kept.Where(e => (string?)e["event"] == "step.finished" && (string?)e["decision"] == "failed").Select(e => (string)e["failure"]!["message"]!).Order());
    }

    [Fact]
    public async Task The_lock_file_is_written_once_when_all_is_done()
    {
        using var bench = new Bench();
        for (var i = 0; i < 20; i++) bench.Step($"s{i}", $"{i}", i == 0 ? null : [$"s{i - 1}"]);
        bench.Write.Before = _ => Assert.Empty(Directory.EnumerateFiles(bench.Folder.Path, "bench.lock.json*"));
        Assert.Equal(RunStatus.Succeeded, (await bench.RunAsync()).Status);
        Assert.True(File.Exists(bench.Folder["bench.lock.json"]));
    }

    [Fact]
    public async Task Branches_that_change_different_steps_have_lock_files_that_merge()
    {
        using var folder = new TemporaryFolder();
        async Task<string> Lock(string name, string b, string d)
        {
            using var bench = new Bench().Step("a", "a").Step("b", b).Step("c", "c").Step("d", d).Step("e", "e");
            await bench.RunAsync();
            return folder.Write(name, await File.ReadAllTextAsync(bench.Folder["bench.lock.json"]));
        }

        var (was, ours, theirs, both) = (await Lock("base", "b", "d"), await Lock("ours", "b2", "d"), await Lock("theirs", "b", "d2"), await Lock("both", "b2", "d2"));
        using var git = Process.Start(new ProcessStartInfo("git", ["merge-file", ours, was, theirs]))!;
        await git.WaitForExitAsync();
        Assert.Equal((0, await File.ReadAllTextAsync(both)), (git.ExitCode, await File.ReadAllTextAsync(ours)));
    }

    [Fact]
    public async Task A_result_of_many_megabytes_of_names_is_stored_and_reused()
    {
        using var bench = new Bench().Step("a", "a").Step("b", "b", ["a"]);
        bench.Write.During = (_, _, outputs) =>
        {
            for (var i = 0; i < 4000; i++) File.WriteAllText(outputs.Text[$"{i}-{new string('n', 200)}.txt"], "the same");
        };
        var first = await bench.RunAsync();
        Assert.Equal(4001, first.Outcomes[0].Result!.Outputs["text"].Files.Count);
        Assert.Equal("a:reused b:reused", Words(await bench.RunAsync()));
    }

    [Fact]
    public async Task A_step_by_another_name_is_reused()
    {
        using var bench = new Bench().Step("a", "a");
        await bench.RunAsync();
        Assert.Equal("a:reused z:reused", Words(await bench.Step("z", "a").RunAsync()));
    }

    [Fact]
    public async Task A_raised_version_of_a_step_type_runs_it_again_and_says_so()
    {
        using var bench = new Bench().Step("a", "a").Step("b", "b", ["a"]);
        await bench.RunAsync();
        bench.Write.VersionNow = 2;
        Assert.Equal("step version 1 -> 2", bench.Plan().Decisions[0].Reason);
        Assert.Equal("a:ran b:ran", Words(await bench.RunAsync()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Collecting_while_runs_go_on_takes_nothing_that_a_run_has_just_reused_or_made(int seed)
    {
        using var bench = new Bench();
        using var ended = new CancellationTokenSource();
        var collected = 0;
        var collecting = Task.Run(() =>
        {
            while (!ended.IsCancellationRequested)
            {
                try
                {
                    GarbageCollection.Collect(bench.State, [], TimeSpan.FromMinutes(-1), dryRun: false);
                    collected++;
                }
                catch (StepFailedException)
                {
                    // A run is using the folder.
                }
            }
        });
        var random = new Random(seed);
        // On a busy machine a collection may find a run at work each time it looks.
        for (var round = 0; round < 25 || (Volatile.Read(ref collected) == 0 && round < 500); round++)
        {
            for (var i = 0; i < 4; i++) bench.Step($"s{i}", $"{random.Next(3)}", i == 0 ? null : [$"s{i - 1}"]);
            RunSummary? summary = null;
            while (summary is null)
            {
                try
                {
                    summary = await bench.RunAsync();
                }
                catch (StepFailedException e) when (e.Message.Contains("'gc'", StringComparison.Ordinal))
                {
                    // It says to run again.
                }
            }

            Assert.Equal("", string.Join('\n', summary.Outcomes.Where(o => o.Failure is not null).Select(o => o.Failure!.Message)));
            foreach (var outcome in summary.Outcomes) Assert.NotNull(bench.State.Results.Find(outcome.Key!));
        }

        await ended.CancelAsync();
        await collecting;
        Assert.True(collected > 0, "nothing was collected");
    }
}
