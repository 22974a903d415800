namespace Pipeline.Data.Documents;

/// <summary>A shard of documents on disk.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Digest">SHA-256 of the file, lower-case hex: stands for its content in the keys of what is made of it.</param>
public sealed record DocumentShard(string Name, string Path, string Digest)
{
    public IAsyncEnumerable<Document> ReadAsync(CancellationToken cancellation = default) => DocumentReader.ReadAsync([(Name, Path)], cancellation);
}
