using System.Globalization;
using CsCheck;
using Pipeline.Engine.Execution;
using Pipeline.Steps.Collecting;

namespace Pipeline.Steps.Tests.Incremental;

/// <summary>One file of many costs one file, and what comes out is what a first run would have given.</summary>
public sealed class IncrementalTests(ITestOutputHelper output) : IDisposable
{
    private const int Files = 500;

    private readonly Collection collection = new();

    public void Dispose() => collection.Dispose();

    [Fact]
    public async Task Of_five_hundred_files_one_that_is_added_changed_renamed_or_removed_is_done_anew_and_the_bytes_are_those_of_a_first_run()
    {
        WriteFiles();
        var first = await collection.RunAsync("warm");
        Assert.Equal((Files, 0), Collection.Pieces(first["pages"], "file"));
        var shards = first["pages"].Outputs["documents"].Files.Count;
        Assert.InRange(shards, 16, 100);

        collection.Write("b250-new.txt", Collection.Page(9001));
        await IsLikeAFirstRun("added", filesMade: 1);
        collection.Write("a100.txt", Collection.Page(9002));
        File.Move(collection.PathOf("a200.txt"), collection.PathOf("c200.txt"));
        await IsLikeAFirstRun("one changed and one renamed", filesMade: 2);
        File.Delete(collection.PathOf("a300.txt"));
        await IsLikeAFirstRun("removed", filesMade: 0);

        async Task IsLikeAFirstRun(string edit, int filesMade)
        {
            var warm = await collection.RunAsync("warm");
            var cold = await collection.RunAsync("cold " + edit, cpus: edit.Length % 4 + 1);
            Assert.Equal(Collection.Digests(cold), Collection.Digests(warm));
            var files = Collection.Pieces(warm["pages"], "file");
            var (collected, cleaned, encoded) = (Collection.Pieces(warm["pages"], "shard"), Collection.Pieces(warm["clean"], "shard"), Collection.Pieces(warm["tokens"], "shard"));
            output.WriteLine($"{edit}: files {files}, shards collected {collected}, cleaned {cleaned}, encoded {encoded}");
            Assert.Equal(filesMade, files.Made);
            // A renamed file leaves one shard and comes into another.
            Assert.InRange(collected.Made, 0, 8);
            Assert.InRange(cleaned.Made, 0, 8);
            Assert.InRange(encoded.Made, 0, 24);
            Assert.True(cleaned.Found >= 16, $"{cleaned}");
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{filesMade} of {warm["pages"].Metrics["files"]} files, {collected.Made} of "), collection.LogOf("warm", warm["pages"].Run, "pages"), StringComparison.Ordinal);
            Assert.Equal(cold["pages"].Summary, warm["pages"].Summary);
        }
    }

    [Fact]
    public async Task Any_edits_of_a_collection_give_the_bytes_of_a_first_run()
    {
        // A name and what becomes of it: text of so many paragraphs, or nothing.
        var edits = Gen.Select(Gen.Int[0, 25], Gen.Int[0, 40], Gen.Int[0, 5]).Array[1, 8].Array[1, 4];
        await edits.SampleAsync(async rounds =>
        {
            using var some = new Collection();
            some.Write("always.txt", Collection.Page(1));
            foreach (var round in rounds)
            {
                foreach (var (name, paragraphs, kind) in round)
                {
                    if (kind == 0) File.Delete(some.PathOf($"{name}.txt"));
                    else if (kind == 1) some.Write($"{name}.jsonl", string.Concat(Enumerable.Range(0, paragraphs * 5).Select(i => $"{{\"text\":\"{i} line {paragraphs} of {name} and more\"}}\n")));
                    else some.Write($"{name}.txt", string.Concat(Enumerable.Range(name, paragraphs).Select(Collection.Page)));
                }

                var warm = Collection.Digests(await some.RunAsync("warm"));
                if (round != rounds[^1]) continue;
                Assert.Equal(Collection.Digests(await some.RunAsync("cold", cpus: 1)), warm);
            }
        }, iter: 10, threads: 1);
    }

    [Fact]
    public async Task A_sample_and_its_seed_do_not_make_files_be_read_again_and_other_options_do()
    {
        using var run = new StepRun(new CollectFiles()) { Sources = [Source("a.txt"), Source("b.txt")] };
        await run.RunAsync("""{"paths":["x"]}""");
        Assert.Equal((2, 0), run.Context!.Pieces.Count("file"));
        Directory.Delete(run["documents"], recursive: true);
        await run.RunAsync("""{"paths":["y"]}""");
        Assert.Equal((0, 2), run.Context.Pieces.Count("file"));
        Directory.Delete(run["documents"], recursive: true);
        await run.RunAsync("""{"paths":["y"],"license":"MIT"}""");
        Assert.Equal((2, 0), run.Context.Pieces.Count("file"));
        Assert.All(await run.DocumentsOf("documents"), d => Assert.Equal("MIT", d.License));

        var xml = collection.Folder.Write("docs.xml", "<doc><assembly><name>A</name></assembly><members>" + string.Concat(Enumerable.Range(0, 50).Select(i => $"<member name=\"T:N.T{i}\"><summary>Type {i}.</summary></member>")) + "</members></doc>");
        using var members = new StepRun(new CollectDotnetDocs()) { Sources = [new("docs.xml", xml, new FileInfo(xml).Length, Engine.Storage.Sha256.OfFile(xml))] };
        using var cold = new StepRun(new CollectDotnetDocs()) { Sources = members.Sources };
        await members.RunAsync("""{"sample":10}""");
        Directory.Delete(members["documents"], recursive: true);
        await members.RunAsync("""{"sample":20,"seed":5}""");
        await cold.RunAsync("""{"sample":20,"seed":5}""");
        Assert.Equal((0, 1), members.Context!.Pieces.Count("file"));
        Assert.Equal((await cold.DocumentsOf("documents")).Select(d => d.Id), (await members.DocumentsOf("documents")).Select(d => d.Id));

        Engine.Authoring.SourceFile Source(string name)
        {
            var path = collection.Folder.Write(name, "words of " + name);
            return new(name, path, new FileInfo(path).Length, Engine.Storage.Sha256.OfFile(path));
        }
    }

    [Fact]
    public async Task Damaged_and_lost_pieces_are_made_again_and_come_out_the_same()
    {
        WriteFiles();
        var whole = Collection.Digests(await collection.RunAsync("state")).ToList();
        var random = new Random(5);
        foreach (var piece in Directory.GetFiles(collection.Folder["state/pieces"], "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(piece, TestContext.Current.CancellationToken);
            var at = random.Next(bytes.Length);
            switch (random.Next(4))
            {
                case 0:
                    File.Delete(piece);
                    break;
                case 1:
                    await File.WriteAllBytesAsync(piece, bytes[..at], TestContext.Current.CancellationToken);
                    break;
                default:
                    bytes[at] ^= 0x20;
                    await File.WriteAllBytesAsync(piece, bytes, TestContext.Current.CancellationToken);
                    break;
            }
        }

        collection.Forget("state");
        var again = await collection.RunAsync("state");
        Assert.Equal(whole, Collection.Digests(again));

        // The files of pieces: half of the shards in the store.
        collection.Forget("state");
        var shards = Directory.GetFiles(collection.Folder["state/store/blobs"], "*", SearchOption.AllDirectories).Where(IsParquet).Where((_, i) => i % 2 == 0).ToList();
        Assert.True(shards.Count > 20);
        foreach (var shard in shards)
        {
            var bytes = await File.ReadAllBytesAsync(shard, TestContext.Current.CancellationToken);
            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(shard, bytes, TestContext.Current.CancellationToken);
        }

        again = await collection.RunAsync("state");
        Assert.Equal(whole, Collection.Digests(again));
        Assert.Equal((0, Files), Collection.Pieces(again["pages"], "file"));
        Assert.True(Collection.Pieces(again["pages"], "shard") is { Made: > 5, Found: > 5 });
        Assert.Empty(await collection.VerifyAsync("state"));
    }

    [Fact]
    public async Task A_wrong_piece_is_seen_by_verify_and_mended_by_force()
    {
        for (var i = 0; i < 20; i++) collection.Write($"{i:D2}.txt", Collection.Page(i));
        var right = await collection.RunAsync("state");
        var (records, words) = (collection.State("state").Pieces, right["clean"].Metrics["documents.in"]);
        foreach (var piece in records.All().ToList())
        {
            // A piece of other facts, with checksums that fit: what a fault of the program might once leave.
            if (records.Find(piece.Name) is not { } record || !record.Facts.TryGetProperty("Counts", out _)) continue;
            var facts = System.Text.Json.Nodes.JsonNode.Parse(record.Facts.GetRawText())!;
            facts["Counts"]!["Documents"] = (int)facts["Counts"]!["Documents"]! + 1;
            records.Keep(piece.Name, System.Text.Json.JsonSerializer.SerializeToElement(facts), [], record.File);
        }

        collection.Forget("state");
        Assert.NotEqual(words, (await collection.RunAsync("state"))["clean"].Metrics["documents.in"]);
        Assert.StartsWith($"clean: {Verdict.Differs}", Assert.Single(await collection.VerifyAsync("state")));
        Assert.Equal(Collection.Digests(right), Collection.Digests(await collection.RunAsync("state", 2, "clean")));
        Assert.Empty(await collection.VerifyAsync("state"));
        collection.Forget("state");
        Assert.Equal(Collection.Digests(right), Collection.Digests(await collection.RunAsync("state")));
    }

    [Fact]
    public async Task Garbage_collection_takes_pieces_that_no_run_used_and_keeps_the_others_with_their_files()
    {
        for (var i = 0; i < 60; i++) collection.Write($"{i:D2}.txt", Collection.Page(i));
        await collection.RunAsync("state");
        var state = collection.State("state");
        var pieces = state.Pieces.All().ToList();
        var old = pieces.Where((_, i) => i % 2 == 0).ToList();
        foreach (var piece in old) piece.LastWriteTimeUtc = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-30);
        Assert.Equal(old.Count, GarbageCollection.Collect(state, [], TimeSpan.FromDays(14), dryRun: true).Pieces);
        Assert.Equal(pieces.Count, state.Pieces.All().Count());

        // A run uses them all once more.
        collection.Forget("state");
        await collection.RunAsync("state");
        Assert.Equal(0, GarbageCollection.Collect(state, [], TimeSpan.FromDays(14), dryRun: true).Pieces);

        foreach (var piece in old) piece.LastWriteTimeUtc = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-30);
        var found = GarbageCollection.Collect(state, [], TimeSpan.FromDays(14), dryRun: false);
        Assert.Equal((old.Count, 0), (found.Pieces, found.Blobs));
        collection.Forget("state");
        var again = await collection.RunAsync("state");
        Assert.True(Collection.Pieces(again["pages"], "file") is { Made: > 0, Found: > 0 });
    }

    private void WriteFiles()
    {
        for (var i = 0; i < Files; i++) collection.Write($"a{i:D3}.txt", Collection.Page(i));
    }

    private static bool IsParquet(string file)
    {
        using var stream = File.OpenRead(file);
        Span<byte> start = stackalloc byte[4];
        return stream.ReadAtLeast(start, 4, throwOnEndOfStream: false) == 4 && start.SequenceEqual("PAR1"u8);
    }
}
