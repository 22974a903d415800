using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Tests.Storage;

namespace Pipeline.Engine.Tests.Execution;

/// <summary>The time of day is shown and sorts what is listed. It may jump by years in either direction, and stand still.</summary>
public sealed class ClockTests(Stores stores)
{
    private static string Words(RunSummary summary) => string.Join(" ", summary.Outcomes.Select(o => $"{o.Step.Id}:{o.State.ToString().ToLowerInvariant()}"));

    /// <summary>Another time within twenty years each time it is asked.</summary>
    private sealed class Jumping(int seed) : TimeProvider
    {
        private readonly Random random = new(seed);

        public override DateTimeOffset GetUtcNow()
        {
            lock (random) return new DateTimeOffset(2016, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(random.NextDouble() * 20 * 365 * 86400);
        }
    }

    private sealed class Standing(int year) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(year, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }

    private static Bench Six()
    {
        var bench = new Bench();
        for (var i = 0; i < 6; i++) bench.Step($"s{i}", $"{i}", i < 2 ? null : [$"s{i - 2}", $"s{(i + 1) % 2}"], timeout: TimeSpan.FromHours(1), retry: new(2, Enum.GetValues<RetryCause>(), TimeSpan.FromMilliseconds(1)));
        return bench;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Under_a_clock_that_jumps_by_years_runs_do_each_step_once_and_collecting_keeps_what_is_current(int seed)
    {
        using var bench = Six();
        var clock = new Jumping(seed);
        Assert.Equal(RunStatus.Succeeded, (await bench.RunAsync(clock: clock)).Status);
        for (var round = 0; round < 4; round++)
        {
            GarbageCollection.Collect(new EngineState(new StateFolder(bench.Folder["state"]), clock), [], TimeSpan.FromDays(14), dryRun: false);
            Assert.All((await bench.RunAsync(clock: clock)).Outcomes, o => Assert.Equal(StepState.Reused, o.State));
        }

        Assert.Equal(6, bench.Write.Ran.Count);
    }

    [Fact]
    public async Task The_newest_run_is_the_newest_though_the_clock_was_put_back_before_it()
    {
        using var bench = new Bench().Step("a", "one");
        var early = await bench.RunAsync(clock: new Standing(2030));
        var late = await bench.Step("a", "two").RunAsync(clock: new Standing(2020));
        Assert.True(string.CompareOrdinal(early.Run, late.Run) < 0, $"{early.Run} and then {late.Run}");
        GarbageCollection.Collect(bench.State, [], TimeSpan.FromSeconds(-60), dryRun: false);
        Assert.Equal("a:reused", Words(await bench.RunAsync()));
        Assert.Equal("a:ran", Words(await bench.Step("a", "one").RunAsync()));
    }

    [Fact]
    public async Task Runs_that_start_at_the_same_moment_have_names_of_their_own()
    {
        using var bench = Six();
        var clock = new Standing(2026);
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => bench.RunAsync(clock: clock))));
        Assert.Equal(4, runs.Select(r => r.Run).Distinct().Count());
        Assert.Equal(6, bench.Write.Ran.Count);
    }

    [Fact]
    public async Task Whoever_collects_a_shared_store_years_ahead_takes_nothing_that_is_fresh_there()
    {
        using var store = stores.Open("file");
        using var bench = new Bench { Remote = store, Writes = true }.Step("a", "a");
        await bench.RunAsync();
        using var elsewhere = new Bench();
        var ahead = new EngineState(new StateFolder(elsewhere.Folder["state"]), new Standing(2090));
        Assert.Equal(new GarbageFound(0, 0, 0, 0, 0), await RemoteGarbage.CollectAsync(store, ahead, [], TimeSpan.FromDays(14), dryRun: false, TestContext.Current.CancellationToken));
        await foreach (var left in store.ListAsync("gc/", TestContext.Current.CancellationToken)) Assert.Fail($"{left.Name} was left");
    }
}
