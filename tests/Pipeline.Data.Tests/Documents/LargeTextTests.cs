using Pipeline.Data.Documents;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Documents;

public sealed class LargeTextTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task A_large_text_is_in_its_shard_once_and_comes_back_with_its_neighbours()
    {
        // The library's statistics would hold it eight times.
        var text = string.Concat(Enumerable.Range(0, 400_000).Select(i => $"{(uint)i * 2654435761u:x8} ")) + "\ud800 ende";
        Document[] documents = [Document.Create("a", "klein"), Document.Create("b", text) with { Url = "https://b", Metadata = new Dictionary<string, string> { ["k"] = "v" } }, Document.Create("c", "auch")];
        await DocumentShards.WriteAllAsync(folder["shards"], documents, cancellation: TestContext.Current.CancellationToken);
        var shards = DocumentReader.Shards(folder["shards"]);
        Assert.InRange(shards.Sum(s => new FileInfo(s.Path).Length), 1, text.Length);
        var back = await DocumentReader.ReadAllAsync(shards, TestContext.Current.CancellationToken);
        Assert.Equal(documents.Select(d => (d.Id, WellFormedText.Of(d.Text), d.Url, d.Metadata.Count)), back.Select(d => (d.Id, d.Text, d.Url, d.Metadata.Count)));
    }

    [Fact]
    public async Task Texts_of_some_pages_take_no_more_than_themselves_and_are_text_for_other_readers()
    {
        var documents = Enumerable.Range(0, 20).Select(d => Document.Create($"{d}", string.Concat(Enumerable.Range(0, 4_000).Select(i => $"{(uint)((d * 4_000) + i) * 2654435761u:x8} ")))).ToList();
        await DocumentShards.WriteAllAsync(folder["pages"], documents, cancellation: TestContext.Current.CancellationToken);
        var shards = DocumentReader.Shards(folder["pages"]);
        Assert.InRange(shards.Sum(s => new FileInfo(s.Path).Length), 1, 20 * 36_000);
        await using var reader = await Parquet.ParquetReader.CreateAsync(shards[0].Path, cancellationToken: TestContext.Current.CancellationToken);
        Assert.All(reader.Schema.DataFields, field => Assert.Equal(typeof(ReadOnlyMemory<char>), field.ClrType));
    }

    [Fact]
    public void A_text_of_any_length_has_the_id_of_its_bytes()
    {
        foreach (var length in (int[])[0, 1, 4095, 4096, 4097, 9000])
        {
            var text = string.Concat(Enumerable.Repeat("ab😀é\ud83d", length / 5)) + "\ud83d";
            var whole = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes("s\0p\0" + text));
            Assert.Equal(Convert.ToHexStringLower(whole.AsSpan(0, 16)), Document.StableId("s", "p", text));
        }
    }

    [Fact]
    public async Task Work_waits_for_room_in_its_order_and_what_is_larger_than_all_goes_alone()
    {
        var budget = new WorkBudget(10);
        var first = await budget.TakeAsync(6, TestContext.Current.CancellationToken);
        var large = budget.TakeAsync(50, TestContext.Current.CancellationToken);
        var small = budget.TakeAsync(1, TestContext.Current.CancellationToken);
        // What came later and would fit does not starve what came before.
        Assert.False(large.IsCompleted || small.IsCompleted);
        first.Dispose();
        first.Dispose();
        using (await large) Assert.False(small.IsCompleted);
        using var cancelled = new CancellationTokenSource();
        using (await small)
        {
            var never = budget.TakeAsync(100, cancelled.Token);
            await cancelled.CancelAsync();
            await Assert.ThrowsAsync<TaskCanceledException>(() => never);
        }

        // Who gave up holds nothing.
        (await budget.TakeAsync(10, TestContext.Current.CancellationToken)).Dispose();
    }

    public void Dispose() => folder.Dispose();
}
