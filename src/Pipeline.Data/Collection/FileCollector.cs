namespace Pipeline.Data.Collection;

/// <summary>Turns files into documents, in the order of what is in them.</summary>
public sealed class FileCollector(CollectionOptions options)
{
    /// <param name="name">Becomes the documents' source.</param>
    /// <param name="sha256">What the content has to be, lower-case hex; null where it is not known.</param>
    public ChunkReader Open(string name, string path, string? sha256 = null) => new(options, name, path, sha256);

    /// <summary>All of a stream's documents at once, for what is known to be small.</summary>
    public CollectedDocuments Read(string name, Stream content) =>
        new Chunk(options, [.. new SourceWalk(options, Position.Start).Read(name, content)], null).Read();
}
