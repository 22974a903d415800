using Pipeline.Engine.Caching;
using Pipeline.Engine.Storage;
using Pipeline.Engine.Tests.Storage;

namespace Pipeline.Engine.Tests.Caching;

public sealed class ClaimTests(Stores stores)
{
    public static TheoryData<string> Kinds => Stores.Kinds;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Claims Of(IRemoteStore store, string holder, double seconds = 30) => new(store, () => holder, TimeSpan.FromSeconds(seconds), TimeProvider.System);

    [Theory, MemberData(nameof(Kinds))]
    public async Task Never_do_two_hold_one_key_and_each_gets_its_turn(string kind)
    {
        using var store = stores.Open(kind);
        var (holding, most, turns) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(async () =>
        {
            var claims = Of(store, $"machine{i}");
            while (true)
            {
                await using var claim = await claims.TryTakeAsync("key", Stop);
                if (claim is null)
                {
                    await Task.Delay(30, Stop);
                    continue;
                }

                var now = Interlocked.Increment(ref holding);
                lock (claims) most = Math.Max(most, now);
                await Task.Delay(20, Stop);
                Interlocked.Increment(ref turns);
                Interlocked.Decrement(ref holding);
                return;
            }
        })));
        Assert.Equal((1, 6), (most, turns));
        await foreach (var left in store.ListAsync("claims/", Stop)) Assert.Fail($"{left.Name} was left");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_holder_that_lives_is_waited_for_and_a_dead_one_is_not(string kind)
    {
        using var store = stores.Open(kind);
        var waiting = Of(store, "second", seconds: 1);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await using (await Of(store, "first", seconds: 1).TryTakeAsync("key", Stop))
        {
            while (watch.Elapsed.TotalSeconds < 3)
            {
                Assert.Null(await waiting.TryTakeAsync("key", Stop));
                await Task.Delay(100, Stop);
            }
        }

        // A claim that nobody writes anew: what a machine that lost its power leaves.
        await store.PutAsync("claims/other.first", "dead"u8.ToArray(), replace: true, Stop);
        Assert.Null(await waiting.TryTakeAsync("other", Stop));
        await Task.Delay(1300, Stop);
        await using var taken = await waiting.TryTakeAsync("other", Stop);
        Assert.NotNull(taken);
    }

    [Fact]
    public async Task What_the_same_state_folder_left_when_it_was_killed_is_taken_over_at_once()
    {
        using var store = stores.Open("file");
        await store.PutAsync("claims/key.me", "left by a kill"u8.ToArray(), replace: true, Stop);
        await using var taken = await Of(store, "me").TryTakeAsync("key", Stop);
        Assert.NotNull(taken);
    }

    [Fact]
    public async Task A_clock_that_jumps_neither_ends_a_lease_nor_prolongs_it()
    {
        using var store = stores.Open("file");
        var clock = new JumpingClock();
        await using var first = await new Claims(store, () => "first", TimeSpan.FromSeconds(30), clock).TryTakeAsync("key", Stop);
        var waiting = new Claims(store, () => "second", TimeSpan.FromSeconds(30), clock);
        Assert.Null(await waiting.TryTakeAsync("key", Stop));
        clock.Now += TimeSpan.FromDays(400);
        Assert.Null(await waiting.TryTakeAsync("key", Stop));
        clock.Now -= TimeSpan.FromDays(800);
        Assert.Null(await waiting.TryTakeAsync("key", Stop));
    }

    private sealed class JumpingClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
