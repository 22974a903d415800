using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Storage;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Caching;

public sealed class PieceTests : IDisposable
{
    private sealed record Facts(string Said, int Times);

    public sealed class Mapping : Step<Mapping.With, Mapping.Given, Mapping.Made>
    {
        public sealed record With
        {
            public string Text { get; init; } = "";

            [SpeedOnly]
            public int Threads { get; init; }

            [WholeOnly]
            public int Sample { get; init; }
        }

        public sealed record Given;

        public sealed record Made;

        public int Raised { get; init; } = 1;

        public override string Name => "test.map";
        public override int Version => Raised;
        public override string Description => "Maps.";

        protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context) => Task.CompletedTask;
    }

    private readonly TemporaryFolder folder = new();
    private readonly LocalStore blobs;
    private int made;

    public PieceTests() => blobs = new(folder["store"]);

    public void Dispose() => folder.Dispose();

    private PieceRecords Records => new(folder["pieces"], TimeProvider.System);

    private PieceStore Store(string with = "{}", int version = 1, bool reuse = true, string env = "{}", LocalStore? store = null, PieceShare? share = null) =>
        new(new Mapping { Raised = version }, JsonNode.Parse(with)!.AsObject(), JsonNode.Parse(env)!.AsObject(), Records, store ?? blobs, folder["kept"], reuse, share);

    private Task<Piece<Facts>> Get(PieceStore store, string part = "file", string input = "a", string content = "content") =>
        store.GetAsync(part, input, () => Task.FromResult(new MadePiece<Facts>(new(input, ++made)) { Content = System.Text.Encoding.UTF8.GetBytes(content) }));

    private Task<Piece<Facts>> GetFile(PieceStore store) =>
        store.GetAsync("shard", "a", () => Task.FromResult(new MadePiece<Facts>(new("file", ++made)) { File = folder.Write("scratch/x", "of a file") }));

    [Fact]
    public async Task Ranks_make_each_piece_once_between_them_and_see_the_same()
    {
        var stores = Enumerable.Range(0, 3).Select(rank => Store(share: new(rank, 3))).ToList();
        var inputs = Enumerable.Range(0, 40).Select(i => $"{i}").ToList();
        var seen = await Task.WhenAll(stores.Select(store => Task.WhenAll(inputs.Select(async input =>
        {
            var piece = await store.GetAsync("file", input, async () =>
            {
                await Task.Delay(1, TestContext.Current.CancellationToken);
                return new MadePiece<Facts>(new(input, Interlocked.Increment(ref made))) { Content = System.Text.Encoding.UTF8.GetBytes(input + "!") };
            });
            return (piece.Facts, piece.Digest, System.Text.Encoding.UTF8.GetString(await piece.ContentAsync()));
        }))));
        Assert.Equal(40, made);
        Assert.Equal(seen[0], seen[1]);
        Assert.Equal(seen[0], seen[2]);
        Assert.Equal(inputs.Select(i => i + "!"), seen[0].Select(s => s.Item3));
        Assert.All(stores, store => Assert.Null(store.Anew));
    }

    [Fact]
    public async Task A_first_run_says_nothing_of_what_was_there_before_however_often_it_asks_for_its_own_pieces()
    {
        var first = Store();
        for (var i = 0; i < 3; i++)
        {
            await Get(first, i % 2);
            await first.KeepAsync("run", "a", whole: false, path => File.WriteAllTextAsync(path, "kept"));
        }

        Assert.Null(first.Anew);
        Assert.Equal(((2, 0), (1, 0)), (first.Count("file"), first.Count("run")));
        var second = Store();
        for (var i = 0; i < 3; i++) await Get(second, i);
        Assert.Equal("1 of 3 files done anew", second.Anew);

        static Task Get(PieceStore store, int i) => store.GetAsync("file", $"{i}", () => Task.FromResult(new MadePiece<Facts>(new($"{i}", i))));
    }

    [Fact]
    public async Task A_piece_that_another_rank_never_makes_is_made_here()
    {
        var store = Store(share: new(0, 2, patience: TimeSpan.FromMilliseconds(20)));
        for (var i = 0; i < 8; i++) Assert.Equal($"{i}", (await Get(store, input: $"{i}")).Facts.Said);
        Assert.Equal(8, made);
    }

    [Fact]
    public async Task A_file_that_lasts_as_long_as_the_step_is_made_once_by_whom_it_falls_to_and_found_after_a_kill()
    {
        var stores = Enumerable.Range(0, 3).Select(rank => Store(share: new(rank, 3))).ToList();
        var makers = new System.Collections.Concurrent.ConcurrentBag<int>();
        var paths = await Task.WhenAll(stores.Select(async (store, rank) =>
        {
            var parts = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => store.KeepAsync("run", $"{i}", whole: false, path => Make(path, 100))));
            return parts.Append(await store.KeepAsync("whole", "x", whole: true, path => Make(path, rank))).ToList();
        }));
        Assert.Equal(20, makers.Count(m => m == 100));
        Assert.Equal([0], makers.Where(m => m < 100));
        Assert.Equal(paths[0], paths[1]);
        Assert.Equal(paths[0], paths[2]);

        // What was being written is no file yet; what is deleted is made again.
        var again = Store();
        await Assert.ThrowsAsync<IOException>(() => again.KeepAsync("run", "new", whole: false, path =>
        {
            File.WriteAllText(path, "half");
            throw new IOException("killed");
        }));
        Assert.False(again.IsKept("run", "new"));
        File.Delete(paths[0][0]);
        Assert.Equal((false, true), (again.IsKept("run", "0"), again.IsKept("run", "1")));
        await again.KeepAsync("run", "0", whole: false, path => Make(path, 200));
        await again.KeepAsync("run", "1", whole: false, path => Make(path, 200));
        Assert.Equal((1, 1), again.Count("run"));

        Task Make(string path, int maker)
        {
            makers.Add(maker);
            return File.WriteAllTextAsync(path, "made", TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_whole_that_somebody_is_at_is_waited_for_beyond_patience()
    {
        var (first, second) = (Store(share: new(0, 2)), Store(share: new(1, 2, patience: TimeSpan.FromSeconds(1.5))));
        var slow = first.KeepAsync("whole", "x", whole: true, async path =>
        {
            await Task.Delay(2500, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(path, "slow", TestContext.Current.CancellationToken);
        });
        var found = await second.KeepAsync("whole", "x", whole: true, _ => throw new InvalidOperationException("it was being made"));
        Assert.Equal(await slow, found);
    }

    [Fact]
    public async Task A_piece_is_found_again_with_its_facts_and_content()
    {
        await Get(Store());
        var store = Store();
        var again = await Get(store);
        Assert.Equal(new Facts("a", 1), again.Facts);
        Assert.Equal("content", System.Text.Encoding.UTF8.GetString(await again.ContentAsync()));
        Assert.Equal((0, 1), store.Count("file"));
        Assert.Null(again.File);
    }

    [Fact]
    public async Task The_file_of_a_piece_becomes_a_blob()
    {
        var first = await GetFile(Store());
        Assert.False(File.Exists(folder["scratch/x"]));
        var again = await GetFile(Store());
        Assert.Equal((1, "of a file"), (again.Facts.Times, await File.ReadAllTextAsync(again.File!, TestContext.Current.CancellationToken)));
        Assert.Equal(Sha256.Of("of a file"u8), first.Digest);
        Assert.True(blobs.Has(first.Digest, 9));
    }

    [Fact]
    public async Task What_can_change_its_bytes_makes_another_piece_and_nothing_else_does()
    {
        await Get(Store());
        await Get(Store("""{"text":"","threads":8,"sample":3}"""));
        Assert.Equal(2, made);
        await Get(Store("""{"text":"","threads":9,"sample":4}"""));
        Assert.Equal(2, made);
        await Get(Store("""{"text":"other"}"""));
        await Get(Store(version: 2));
        await Get(Store(env: """{"LANG":"C"}"""));
        await Get(Store(), part: "shard");
        await Get(Store(), input: "b");
        Assert.Equal(7, made);
    }

    [Fact]
    public async Task A_piece_is_made_anew_where_it_may_not_be_reused_and_takes_the_place_of_the_old_one()
    {
        await Get(Store());
        var renewing = Store(reuse: false);
        Assert.Equal(2, (await Get(renewing)).Facts.Times);
        Assert.Equal((1, 0), renewing.Count("file"));
        Assert.Equal(2, (await Get(Store())).Facts.Times);
    }

    [Fact]
    public async Task A_piece_cut_or_flipped_anywhere_is_a_miss_and_never_other_content()
    {
        await Get(Store());
        var file = Assert.Single(Records.All());
        var bytes = await File.ReadAllBytesAsync(file.FullName, TestContext.Current.CancellationToken);
        for (var at = 0; at < bytes.Length; at++)
        {
            var flipped = bytes.ToArray();
            flipped[at] ^= 0x11;
            await Damaged(flipped);
            await Damaged(bytes[..at]);
        }

        async Task Damaged(byte[] content)
        {
            await File.WriteAllBytesAsync(file.FullName, content, TestContext.Current.CancellationToken);
            var piece = await Get(Store());
            Assert.Equal("a", piece.Facts.Said);
            Assert.Equal("content", System.Text.Encoding.UTF8.GetString(await piece.ContentAsync()));
        }
    }

    [Fact]
    public async Task A_piece_whose_blob_is_damaged_or_gone_is_a_miss()
    {
        var blob = (await GetFile(Store())).File!;
        await File.WriteAllTextAsync(blob, "of a f1le", TestContext.Current.CancellationToken);
        Assert.Equal(2, (await GetFile(Store(store: new(folder["store"])))).Facts.Times);
        Assert.Equal("of a file", await File.ReadAllTextAsync(blob, TestContext.Current.CancellationToken));
        File.Delete(blob);
        Assert.Equal(3, (await GetFile(Store(store: new(folder["store"])))).Facts.Times);
    }

    [Fact]
    public async Task Content_that_is_lost_after_it_was_found_is_made_again_and_has_to_be_the_same()
    {
        await Get(Store());
        var (good, bad) = (await Get(Store()), await Get(Store(), content: "other"));
        Directory.Delete(folder["pieces"], recursive: true);
        Assert.Contains("came out otherwise", (await Assert.ThrowsAsync<StepFailedException>(bad.ContentAsync)).Message, StringComparison.Ordinal);
        Assert.Equal("content", System.Text.Encoding.UTF8.GetString(await good.ContentAsync()));
        Assert.Equal("content", System.Text.Encoding.UTF8.GetString(await (await Get(Store(), content: "unused")).ContentAsync()));
    }

    [Fact]
    public async Task Many_at_once_make_and_find_the_same_pieces()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), TestContext.Current.CancellationToken, async (i, _) =>
        {
            var piece = await Store().GetAsync("file", i % 10, () => Task.FromResult(new MadePiece<Facts>(new($"{i % 10}", 0)) { Content = [(byte)(i % 10)] }));
            Assert.Equal(i % 10, Assert.Single(await piece.ContentAsync()));
        });
        Assert.Equal(10, Records.All().Count());
    }
}
