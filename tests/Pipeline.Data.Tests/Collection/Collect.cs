using System.Text;
using Pipeline.Data.Collection;
using Pipeline.Data.Damages;
using Pipeline.Data.Documents;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Collection;

internal static class Collect
{
    /// <summary>The documents of a file without damage.</summary>
    /// <exception cref="InvalidDataException">The damage.</exception>
    public static List<Document> One(string name, byte[] content, CollectionOptions? options = null)
    {
        var (documents, tally) = new FileCollector(options ?? new()).Read(name, new MemoryStream(content));
        if (tally.Damages.Count > 0) throw new InvalidDataException(string.Join('\n', tally.Damages));
        return [.. documents];
    }

    public static List<Document> One(string name, string content, CollectionOptions? options = null) => One(name, Encoding.UTF8.GetBytes(content), options);

    public static string Text(string name, string content) => Assert.Single(One(name, content)).Text;

    /// <summary>Documents and damage of a file, read three ways that have to agree: as a stream that cannot seek, from disk chunk by chunk, and each chunk by a reader of its own.</summary>
    /// <param name="oneWay">False where a stream that can seek may find more behind damage.</param>
    public static CollectedDocuments All(string name, byte[] content, CollectionOptions? options = null, bool oneWay = true)
    {
        var collector = new FileCollector(options ?? new());
        var streamed = collector.Read(name, oneWay ? new OneWay(content) : new MemoryStream(content));
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["blob"], content);
        using var reader = collector.Open(name, folder["blob"]);
        var (inOrder, alone, damages) = (new List<Document>(), new List<Document>(), new List<Damage>());
        for (Position? at = Position.Start; at is not null;)
        {
            var chunk = reader.ReadFrom(at);
            using var other = collector.Open(name, folder["blob"]);
            var again = other.ReadFrom(at);
            Assert.Equal(chunk.Next, again.Next);
            var found = chunk.Read();
            inOrder.AddRange(found.Documents);
            damages.AddRange(found.Tally.Damages);
            alone.AddRange(again.Read().Documents);
            at = chunk.Next;
        }

        Assert.Equal(streamed.Documents.Select(DocumentJson.Line), inOrder.Select(DocumentJson.Line));
        Assert.Equal(streamed.Documents.Select(DocumentJson.Line), alone.Select(DocumentJson.Line));
        Assert.Equal(streamed.Tally.Damages, damages.Take(streamed.Tally.Damages.Count));
        return streamed;
    }

    public static CollectedDocuments All(string name, string content, CollectionOptions? options = null) => All(name, Encoding.UTF8.GetBytes(content), options);

    /// <summary>Files on disk, without damage.</summary>
    public static List<Document> Files(IReadOnlyList<(string Name, string Path)> files, CollectionOptions? options = null)
    {
        var collector = new FileCollector(options ?? new());
        var documents = new List<Document>();
        foreach (var (name, path) in files)
        {
            using var reader = collector.Open(name, path);
            for (Position? at = Position.Start; at is not null;)
            {
                var chunk = reader.ReadFrom(at);
                var found = chunk.Read();
                Assert.Empty(found.Tally.Damages);
                documents.AddRange(found.Documents);
                at = chunk.Next;
            }
        }

        return documents;
    }

    /// <summary>A stream as from a socket: it cannot seek, and gives few bytes at a time.</summary>
    private sealed class OneWay(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 1000)]);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1000));

        public override long Seek(long offset, SeekOrigin loc) => throw new NotSupportedException();
    }
}
