using System.Text;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Storage;
using Pipeline.Engine.Tests.Storage;

namespace Pipeline.Engine.Tests.Caching;

public sealed class SharedCacheTests(Stores stores)
{
    public static TheoryData<string> Kinds => Stores.Kinds;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string Words(RunSummary summary) => string.Join(" ", summary.Outcomes.Select(o => $"{o.Step.Id}:{o.State.ToString().ToLowerInvariant()}"));

    private static Bench Three(IRemoteStore store, bool writes = true) => new Bench { Remote = store, Writes = writes }.Step("a", "a").Step("b", "b", ["a"]).Step("c", "c", ["b"]);

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_one_machine_made_another_reuses_and_fetches_only_what_it_reads(string kind)
    {
        using var store = stores.Open(kind);
        using var first = Three(store);
        using var second = Three(store);
        Assert.Equal("a:ran b:ran c:ran", Words(await first.RunAsync()));
        Assert.Equal("a:reused b:reused c:reused", Words(await second.RunAsync()));
        Assert.False(Directory.Exists(second.Folder["state/store/blobs"]));

        var more = await second.Step("d", "d", ["b"]).RunAsync();
        Assert.Equal("a:reused b:reused c:reused d:ran", Words(more));
        Assert.Equal("d+b+a", second.TextOf(more, "d"));
        var here = second.State.Store;
        Assert.False(here.Has(more.Outcomes[0].Result!.Outputs["text"].Files[0]));
        Assert.True(here.Has(more.Outcomes[1].Result!.Outputs["text"].Files[0]));
        Assert.Empty(second.Write.Ran.Except(["d"]));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_blob_that_the_store_lost_or_damaged_is_made_again_and_mended_there(string kind)
    {
        using var store = stores.Open(kind);
        using var first = Three(store);
        var made = await first.RunAsync();
        string Blob(int step) => SharedCache.NameOfBlob(made.Outcomes[step].Result!.Outputs["text"].Files[0].Sha256);
        await store.DeleteAsync(Blob(0), Stop);
        await store.PutAsync(Blob(1), "?+?"u8.ToArray(), replace: true, Stop);

        using var second = Three(store).Step("c", "c2", ["b"]);
        var mended = await second.RunAsync();
        Assert.Equal("a:ran b:ran c:ran", Words(mended));
        Assert.Equal("c2+b+a", second.TextOf(mended, "c"));
        Assert.Equal("a", Encoding.UTF8.GetString((await store.ReadAsync(Blob(0), Stop))!));
        Assert.Equal("b+a", Encoding.UTF8.GetString((await store.ReadAsync(Blob(1), Stop))!));
    }

    [Fact]
    public async Task A_result_that_contradicts_itself_is_not_believed()
    {
        using var store = stores.Open("file");
        using var first = Three(store);
        var made = await first.RunAsync();
        foreach (var (step, change) in new (int, Func<string, string>)[] { (0, _ => "{"), (1, t => t.Replace("\"upper\":false", "\"upper\":true", StringComparison.Ordinal)), (2, t => t.Replace("text.txt", "../../text.txt", StringComparison.Ordinal)) })
        {
            var name = SharedCache.NameOfResult(made.Outcomes[step].Key!);
            await store.PutAsync(name, Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString((await store.ReadAsync(name, Stop))!))), replace: true, Stop);
        }

        using var second = Three(store);
        Assert.Equal("a:ran b:ran c:ran", Words(await second.RunAsync()));
    }

    [Fact]
    public async Task A_reader_that_may_not_write_leaves_no_trace()
    {
        using var store = stores.Open("file");
        using var first = Three(store);
        await first.RunAsync();
        var before = await Names(store);
        using var second = Three(store, writes: false).Step("d", "d", ["c"]);
        Assert.Equal("a:reused b:reused c:reused d:ran", Words(await second.RunAsync()));
        Assert.Equal(before, await Names(store));
    }

    [Fact]
    public async Task A_store_that_cannot_be_reached_is_said_once_and_the_run_goes_on()
    {
        using var store = RemoteStores.Open("s3://nowhere/x", "/", variable => variable.StartsWith("AWS_ENDPOINT", StringComparison.Ordinal) ? "http://127.0.0.1:9" : null);
        using var bench = Three(store);
        Assert.Equal("a:ran b:ran c:ran", Words(await bench.RunAsync()));
        Assert.Contains("s3://nowhere/x cannot be reached", Assert.Single(bench.Notices), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Machines_that_start_together_do_each_step_once(string kind)
    {
        using var store = stores.Open(kind);
        var benches = Enumerable.Range(0, 3).Select(_ =>
        {
            var bench = new Bench { Remote = store, Writes = true };
            for (var i = 0; i < 9; i++) bench.Step($"s{i}", $"{i}", i < 3 ? null : [$"s{i - 3}", $"s{(i + 1) % 3}"], milliseconds: 30);
            return bench;
        }).ToList();
        var all = await Task.WhenAll(benches.Select(b => Task.Run(() => b.RunAsync())));
        Assert.Equal("", string.Join('\n', all.SelectMany(s => s.Outcomes).Where(o => o.Failure is not null).Select(o => $"{o.Step.Id}: {o.Failure!.Message}")));
        Assert.Equal([], benches.SelectMany(b => b.Notices));
        Assert.Equal(9, benches.Sum(b => b.Write.Ran.Count));
        Assert.Single(all.Select(s => string.Join(",", s.Outcomes.Select(o => o.Result!.Outputs["text"].Digest))).Distinct());
        benches.ForEach(b => b.Dispose());
    }

    private static async Task<List<RemoteObject>> Names(IRemoteStore store)
    {
        var names = new List<RemoteObject>();
        await foreach (var found in store.ListAsync("", Stop)) names.Add(found);
        return names;
    }
}
