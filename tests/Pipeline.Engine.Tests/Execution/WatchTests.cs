using System.Text;
using Microsoft.Extensions.Time.Testing;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Storage;
using Pipeline.Engine.Tests.Definitions;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Execution;

/// <summary>A watch on a clock that the test moves.</summary>
public sealed class WatchTests : IDisposable
{
    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 2, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider clock = new(Begin);
    private readonly List<string> told = [];
    private int runs;

    public void Dispose() => folder.Dispose();

    private PipelineDefinition Pipeline(string on)
    {
        var file = folder.Write("p.yaml", $"name: p\non: {on}\nsteps: {{ a: {{ uses: report.html }} }}\n");
        return DefinitionReader.Read(file, SampleSteps.Catalog, new ReadOptions()).Definition!;
    }

    private WatchLoop Loop(Func<string, IRemoteStore>? open = null)
    {
        var state = new StateFolder(folder["state"]);
        return new(new(new FileDigests(state.FileDigests, clock), open ?? (uri => RemoteStores.Open(uri, folder.Path, _ => null))), new(state, folder["p.yaml"]), clock, TimeSpan.FromSeconds(5), Tell);

        void Tell(WatchEvent happened) => told.Add(happened switch
        {
            WatchEvent.Triggered e => string.Join("; ", e.By.Select(f => $"{f.Trigger}: {f.What}")),
            WatchEvent.Failed e => $"failed: {e.Message}",
            WatchEvent.Waiting e => $"waits {e.Next?.UtcDateTime:HH:mm}".TrimEnd(),
            _ => "?",
        });
    }

    private Task<bool> Look(PipelineDefinition definition, WatchLoop? loop = null, Action? during = null) => (loop ?? Loop()).LookAndRunAsync(
        definition,
        _ =>
        {
            runs++;
            during?.Invoke();
            return Task.CompletedTask;
        },
        () => { },
        CancellationToken.None);

    [Fact]
    public async Task Files_that_change_start_one_run_and_a_touched_one_starts_none()
    {
        var pipeline = Pipeline("{ files: ['data/*.txt'], debounce: 0s }");
        folder.Write("data/a.txt", "one");
        Assert.True(await Look(pipeline));
        Assert.False(await Look(pipeline));
        File.SetLastWriteTimeUtc(folder["data/a.txt"], Begin.UtcDateTime.AddYears(1));
        Assert.False(await Look(pipeline));
        folder.Write("data/a.txt", "two");
        folder.Write("data/b.txt", "new");
        folder.Write("data/other.md", "of no interest");
        Assert.True(await Look(pipeline));
        File.Delete(folder["data/a.txt"]);
        Assert.True(await Look(pipeline));
        Assert.False(await Look(pipeline));
        Assert.Equal(["files: seen for the first time", "files: data/a.txt changed and 1 more", "files: data/a.txt is gone"], told);
        Assert.Equal(3, runs);
    }

    [Fact]
    public async Task A_change_during_a_run_leads_to_one_more_after_it()
    {
        var pipeline = Pipeline("{ files: ['*.txt'], debounce: 0s }");
        folder.Write("a.txt", "one");
        var loop = Loop();
        Assert.True(await Look(pipeline, loop, () => folder.Write("a.txt", $"written by run {runs}")));
        Assert.True(await Look(pipeline, loop));
        Assert.False(await Look(pipeline, loop));
    }

    [Fact]
    public async Task What_failed_is_not_tried_again_before_something_changes()
    {
        var pipeline = Pipeline("{ files: ['*.txt'], debounce: 0s }");
        folder.Write("a.txt", "one");
        await Assert.ThrowsAsync<StepFailedException>(() => Loop().LookAndRunAsync(pipeline, _ => throw new StepFailedException("no"), () => { }, CancellationToken.None));
        Assert.False(await Look(pipeline));
        folder.Write("a.txt", "two");
        Assert.True(await Look(pipeline));
    }

    [Fact]
    public async Task A_run_that_was_cut_short_is_begun_again()
    {
        var pipeline = Pipeline("{ files: ['*.txt'], debounce: 0s }");
        folder.Write("a.txt", "one");
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAsync<OperationCanceledException>(() => Loop().LookAndRunAsync(
            pipeline,
            async token =>
            {
                await stop.CancelAsync();
                token.ThrowIfCancellationRequested();
            },
            () => { },
            stop.Token));
        Assert.True(await Look(pipeline));
    }

    [Fact]
    public async Task A_run_waits_until_the_files_rest()
    {
        var pipeline = Pipeline("{ files: ['*.txt'], debounce: 1s }");
        folder.Write("a.txt", "one");
        var looking = Look(pipeline);
        for (var change = 0; change < 3; change++)
        {
            folder.Write("a.txt", $"change {change}");
            Assert.False(looking.IsCompleted);
            await Pass(TimeSpan.FromSeconds(1));
        }

        while (!looking.IsCompleted) await Pass(TimeSpan.FromSeconds(1));
        Assert.True(await looking);
        Assert.False(await Look(pipeline));
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task A_schedule_fires_once_for_all_that_was_missed_and_not_when_the_clock_is_set_back()
    {
        var pipeline = Pipeline("{ schedule: ['0 3 * * *'] }");
        Assert.False(await Look(pipeline));
        clock.SetUtcNow(Begin.AddMinutes(59));
        Assert.False(await Look(pipeline));
        clock.SetUtcNow(Begin.AddDays(3));
        Assert.True(await Look(pipeline));
        Assert.False(await Look(pipeline));
        clock.AdjustTime(Begin.AddHours(-5));
        Assert.False(await Look(pipeline));
        Assert.Equal(["schedule: 2026-03-01 03:00:00 +00:00"], told);
    }

    [Fact]
    public async Task Objects_of_a_store_that_change_start_a_run()
    {
        var pipeline = Pipeline("{ blobs: ['file:drop'] }");
        using var store = RemoteStores.Open("file:drop", folder.Path, _ => null);
        await Put("in/a", "one");
        Assert.True(await Look(pipeline));
        Assert.False(await Look(pipeline));
        await Put("in/a", "two");
        Assert.True(await Look(pipeline));
        await Put("in/b", "new");
        Assert.True(await Look(pipeline));
        Assert.Equal(["blobs file:drop: seen for the first time", "blobs file:drop: in/a changed", "blobs file:drop: in/b is new"], told);

        Task Put(string name, string text) => store.PutAsync(name, Encoding.UTF8.GetBytes(text), replace: true, CancellationToken.None);
    }

    [Fact]
    public async Task A_watch_outlives_a_store_that_is_gone_for_a_while_and_says_so_once()
    {
        var pipeline = Pipeline("{ blobs: ['file:drop'], schedule: ['0 3 * * *'] }");
        var broken = true;
        using var stop = new CancellationTokenSource();
        var loop = Loop(uri => broken ? throw new RemoteStoreException("the store is not there") : RemoteStores.Open(uri, folder.Path, _ => null));
        var watching = loop.RunAsync(() => pipeline, Counted, stop.Token);
        for (var i = 0; i < 5; i++) await Pass(TimeSpan.FromSeconds(5));
        broken = false;
        while (Volatile.Read(ref runs) == 0) await Pass(TimeSpan.FromSeconds(5));
        while (Volatile.Read(ref runs) == 1) await Pass(TimeSpan.FromMinutes(1));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
        Assert.Equal(["failed: the store is not there", "waits 03:00", "blobs file:drop: seen for the first time"], told.Take(3));
        Assert.Contains("schedule: 2026-03-01 03:00:00 +00:00", told);

        Task Counted(CancellationToken stopped)
        {
            Interlocked.Increment(ref runs);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_memory_that_is_damaged_is_as_good_as_none()
    {
        var pipeline = Pipeline("{ files: ['*.txt'], debounce: 0s }");
        folder.Write("a.txt", "one");
        await Look(pipeline);
        File.WriteAllText(Directory.GetFiles(folder["state/watch"]).Single(), "{ \"looked\": ");
        Assert.True(await Look(pipeline));
        Assert.False(await Look(pipeline));
    }

    [Fact]
    public async Task The_sources_of_steps_and_the_file_itself_can_be_the_trigger()
    {
        var file = folder.Write("p.yaml", "name: p\non: { sources: true, debounce: 0s }\nsteps: { a: { uses: collect.files, with: { paths: ['in/*'] } } }\n");
        var pipeline = DefinitionReader.Read(file, SampleSteps.Catalog, new ReadOptions()).Definition!;
        Assert.True(await Look(pipeline));
        folder.Write("in/a", "its first file");
        Assert.True(await Look(pipeline));
        File.AppendAllText(file, "# a remark\n");
        Assert.True(await Look(pipeline));
        Assert.False(await Look(pipeline));
    }

    /// <summary>Moves the clock and lets what waited for it go on.</summary>
    private async Task Pass(TimeSpan time)
    {
        clock.Advance(time);
        await Task.Delay(20, TestContext.Current.CancellationToken);
    }
}
