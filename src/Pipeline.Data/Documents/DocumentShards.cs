namespace Pipeline.Data.Documents;

/// <summary>A set of documents as shards in a folder: <c>part-00000.parquet</c>…, cut by <see cref="ShardCuts"/>.</summary>
public static class DocumentShards
{
    public static string NameOf(int shard) => $"part-{shard:D5}.parquet";

    /// <summary>The bytes follow from the documents alone, whatever the number of workers.</summary>
    public static async Task WriteAllAsync(string folder, IReadOnlyList<Document> documents, int workers = 1, CancellationToken cancellation = default)
    {
        Directory.CreateDirectory(folder);
        var cuts = ShardCuts.Of([.. documents.Select(DocumentMark.Of)]).Select((range, i) => (i, range));
        await Parallel.ForEachAsync(cuts, new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation }, async (shard, _) =>
        {
            await using var writer = new DocumentWriter(Path.Combine(folder, NameOf(shard.i)));
            for (var i = shard.range.Start; i < shard.range.End; i++) await writer.AddAsync(documents[i]);
            await writer.CompleteAsync();
        });
    }
}
