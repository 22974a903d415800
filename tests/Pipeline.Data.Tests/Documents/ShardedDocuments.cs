using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;
using Pipeline.Data.Partitioning;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Documents;

/// <summary>Documents as shards of a few each in a folder of a test's own, and what work over them leaves.</summary>
internal sealed class ShardedDocuments : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private int written;

    public async Task<IReadOnlyList<DocumentShard>> WriteAsync(IEnumerable<Document> documents, int perShard = 7)
    {
        var shards = new List<DocumentShard>();
        foreach (var some in documents.Chunk(perShard))
        {
            var path = folder[$"shard-{written++}.parquet"];
            await using var writer = new DocumentWriter(path);
            foreach (var document in some) await writer.AddAsync(document);
            await writer.CompleteAsync();
            shards.Add(new(Path.GetFileName(path), path, written.ToString("x64")));
        }

        return shards;
    }

    /// <param name="memory">Bytes; few make every sort write runs.</param>
    public ShardWork Work(long memory = 512 << 20, int workers = 1, Action<string>? runWritten = null, Action<string>? log = null) => new()
    {
        Pieces = new NoPieces(Directory.CreateDirectory(folder[$"kept-{written++}"]).FullName),
        Scratch = Directory.CreateDirectory(folder[$"scratch-{written}"]).FullName,
        Memory = memory,
        Workers = workers,
        Cancellation = TestContext.Current.CancellationToken,
        RunWritten = runWritten,
        Log = log ?? (_ => { }),
    };

    public static async Task<List<Document>> ReadAsync(IEnumerable<DocumentShard> shards) => await DocumentReader.ReadAllAsync([.. shards.Select(s => (s.Name, s.Path))]);

    public static async Task<(List<Document> Kept, Deduplicated Result)> DeduplicateAsync(IEnumerable<Document> documents, DeduplicationRules rules, long memory = 512 << 20, int workers = 1, int perShard = 7)
    {
        using var sharded = new ShardedDocuments();
        var result = await Deduplicator.RunAsync(await sharded.WriteAsync(documents, perShard), rules, sharded.Work(memory, workers));
        return (await ReadAsync(result.Shards), result);
    }

    public static async Task<SplitDocuments> SplitAsync(IEnumerable<Document> documents, PartitionRules rules, long memory = 512 << 20, int workers = 1, int perShard = 7)
    {
        using var sharded = new ShardedDocuments();
        var result = await Partitioner.RunAsync(await sharded.WriteAsync(documents, perShard), rules, sharded.Work(memory, workers));
        return new(await ReadAsync(result.Parts[Part.Train]), await ReadAsync(result.Parts[Part.Validation]), await ReadAsync(result.Parts[Part.Test]), result.Dropped, result.Certificate);
    }

    public static async Task<Certificate> CertifyAsync(IEnumerable<Document> train, IEnumerable<Document> validation, IEnumerable<Document> test, PartitionRules rules)
    {
        using var sharded = new ShardedDocuments();
        return await Certificate.OfAsync([(Part.Train, await sharded.WriteAsync(train)), (Part.Validation, await sharded.WriteAsync(validation)), (Part.Test, await sharded.WriteAsync(test))], rules, sharded.Work());
    }

    public void Dispose() => folder.Dispose();
}

internal sealed record SplitDocuments(List<Document> Train, List<Document> Validation, List<Document> Test, int Dropped, Certificate Certificate)
{
    public List<Document> this[Part part] => part switch { Part.Train => Train, Part.Validation => Validation, _ => Test };
}
