using System.Diagnostics;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Storage;
using Pipeline.Engine.Tests.Storage;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Caching;

/// <summary>A shared store that is busy, slow, away for a while, or never there: runs keep their promises and lose little time.</summary>
public sealed class FailingStoreTests(Stores stores, ITestOutputHelper output) : IDisposable
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private readonly TemporaryFolder folder = new();

    private static string Words(RunSummary summary) => string.Join(" ", summary.Outcomes.Select(o => $"{o.Step.Id}:{o.State.ToString().ToLowerInvariant()}"));

    private static Bench Steps(IRemoteStore store, int count, int milliseconds = 0)
    {
        var bench = new Bench { Remote = store, Writes = true };
        for (var i = 0; i < count; i++) bench.Step($"s{i}", $"{i}", i < 3 ? null : [$"s{i - 3}", $"s{(i + 1) % 3}"], milliseconds: milliseconds);
        return bench;
    }

    private static async Task DoTogetherOnce(IReadOnlyList<IRemoteStore> machines, int steps)
    {
        var benches = machines.Select(store => Steps(store, steps, milliseconds: 20)).ToList();
        var all = await Task.WhenAll(benches.Select(b => Task.Run(() => b.RunAsync())));
        Assert.Equal([], benches.SelectMany(b => b.Notices));
        Assert.All(all, s => Assert.Equal(RunStatus.Succeeded, s.Status));
        Assert.Equal(steps, benches.Sum(b => b.Write.Ran.Count));
        Assert.Single(all.Select(s => string.Join(",", s.Outcomes.Select(o => o.Result!.Outputs["text"].Digest))).Distinct());
        benches.ForEach(b => b.Dispose());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Of_a_busy_store_that_refuses_one_request_in_eight_nobody_hears_and_each_step_is_done_once(int seed)
    {
        var random = new Random(seed);
        var refused = 0;
        IRemoteStore Busy() => new SteadyStore(
            new FaultyStore(folder["store"])
            {
                // Half of them when the request has been done, and only its answer is lost.
                Fault = (_, _, _, _) =>
                {
                    double chance;
                    lock (random) chance = random.NextDouble();
                    if (chance > 1 / 16d) return Task.CompletedTask;
                    Interlocked.Increment(ref refused);
                    return Task.FromException(FaultyStore.Busy());
                },
            },
            TimeProvider.System);
        await DoTogetherOnce([Busy(), Busy(), Busy()], 9);
        output.WriteLine($"{refused} requests were refused");
        Assert.True(refused > 5, $"only {refused} requests were refused");
    }

    [Theory]
    [InlineData("az")]
    [InlineData("s3")]
    public async Task Over_a_slow_line_that_breaks_each_step_is_done_once(string kind)
    {
        var machines = new List<(IRemoteStore Store, FlakyProxy Proxy)>();
        for (var i = 0; i < 2; i++)
        {
            // The second machine comes to the store of the first by its own line.
            var store = i == 0 ? stores.OpenThrough(kind, server => new(server, seed: 1, resets: 0.02, TimeSpan.FromMilliseconds(30)), out var proxy)
                : stores.OpenThrough(kind, server => new(server, seed: 2, resets: 0.02, TimeSpan.FromMilliseconds(30)), out proxy, machines[0].Store.Address);
            machines.Add((store, proxy));
        }

        await DoTogetherOnce([.. machines.Select(m => m.Store)], 9);
        output.WriteLine($"{machines.Sum(m => m.Proxy.Resets)} connections were reset");
        Assert.True(machines.Sum(m => m.Proxy.Resets) > 0, "no connection was reset");
        foreach (var (store, proxy) in machines)
        {
            store.Dispose();
            proxy.Dispose();
        }
    }

    [Fact]
    public async Task A_store_that_is_away_for_a_while_is_asked_again_and_gets_what_it_missed()
    {
        var clock = new Hasty(50);
        var away = true;
        var faulty = new FaultyStore(folder["store"]) { Fault = (_, _, _, _) => Volatile.Read(ref away) ? Task.FromException(FaultyStore.Busy()) : Task.CompletedTask };
        using var bench = Steps(new SteadyStore(faulty, clock), 30);
        bench.Write.Before = text =>
        {
            if (text == "10") Volatile.Write(ref away, false);
            if (text is "15" or "20") Thread.Sleep(400);
        };
        Assert.Equal(RunStatus.Succeeded, (await bench.RunAsync(jobs: 1)).Status);
        Assert.Equal(["The store file:faulty refused: 503 SlowDown. Going on with what is local.", "The store file:faulty answers again."], bench.Notices);

        using var other = Steps(new SteadyStore(faulty, clock), 30);
        await other.RunAsync();
        Assert.Empty(other.Write.Ran);
    }

    [Fact]
    public async Task A_store_that_never_answers_costs_a_run_little_and_is_said_once()
    {
        // Time runs a hundred times faster for the store than for the run.
        var clock = new Hasty(100);
        var faulty = new FaultyStore(folder["store"]) { Fault = (_, _, _, stop) => Task.Delay(Timeout.Infinite, stop) };
        using var bench = Steps(new SteadyStore(faulty, clock), 40);
        var watch = Stopwatch.StartNew();
        Assert.Equal(RunStatus.Succeeded, (await bench.RunAsync()).Status);
        output.WriteLine($"{watch.Elapsed.TotalSeconds:0.0} s, {faulty.Requests} requests");
        Assert.Equal("The store file:faulty cannot be reached: it did not answer within 10 s. Going on with what is local.", Assert.Single(bench.Notices));
        // Four at once find out together; after that it is only asked aside, ever more seldom.
        Assert.InRange(faulty.Requests, 1, 40);
    }

    [Fact]
    public async Task A_store_that_refuses_for_good_is_not_asked_the_same_again()
    {
        var faulty = new FaultyStore(folder["store"]) { Fault = (_, _, _, _) => Task.FromException(new RemoteStoreException("The store file:faulty refused: 403")) };
        using var bench = Steps(new SteadyStore(faulty, TimeProvider.System), 12);
        Assert.Equal(RunStatus.Succeeded, (await bench.RunAsync(jobs: 1)).Status);
        Assert.Equal("The store file:faulty refused: 403. Going on with what is local.", Assert.Single(bench.Notices));
        Assert.InRange(faulty.Requests, 1, 16);
    }

    [Fact]
    public async Task A_claim_lives_in_a_store_so_slow_that_a_beat_takes_longer_than_its_interval()
    {
        var slow = new SteadyStore(new FaultyStore(folder["store"]) { Fault = (kind, _, done, stop) => kind == "put" && !done ? Task.Delay(500, stop) : Task.CompletedTask }, TimeProvider.System);
        Claims Of(string holder) => new(slow, () => holder, TimeSpan.FromSeconds(1.6), TimeProvider.System);
        var waiting = Of("second");
        await using var held = await Of("first").TryTakeAsync("key", Stop);
        Assert.NotNull(held);
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(5); await Task.Delay(50, Stop)) Assert.Null(await waiting.TryTakeAsync("key", Stop));
    }

    [Fact]
    public async Task A_claim_whose_store_failed_while_it_was_taken_is_withdrawn()
    {
        var lists = 0;
        var faulty = new FaultyStore(folder["store"]) { Fault = (kind, _, _, _) => kind == "list" && Interlocked.Increment(ref lists) == 3 ? Task.FromException(new RemoteStoreException("no")) : Task.CompletedTask };
        var claims = new Claims(faulty, () => "me", TimeSpan.FromSeconds(60), TimeProvider.System);
        await Assert.ThrowsAsync<RemoteStoreException>(() => claims.TryTakeAsync("key", Stop));
        await foreach (var left in faulty.ListAsync("claims/", Stop)) Assert.Fail($"{left.Name} was left");
    }

    public void Dispose() => folder.Dispose();

    /// <summary>Timers go off, and time passes, so many times faster.</summary>
    private sealed class Hasty(int times) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / times : dueTime, period);

        public override long GetTimestamp() => base.GetTimestamp() * times;
    }
}
