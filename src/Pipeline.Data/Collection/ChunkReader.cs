using System.Security.Cryptography;
using Pipeline.Data.Damages;

namespace Pipeline.Data.Collection;

/// <summary>Reads a source file on disk in chunks: from any position, fastest in order.</summary>
public sealed class ChunkReader : IDisposable
{
    private const long ChunkBytes = 8 << 20;
    private const int ChunkRecords = 8192;

    private readonly CollectionOptions options;
    private readonly string name, path;
    private readonly string? sha256;
    private SourceStream? file;
    private (long Length, DateTime Changed) seen;
    private IEnumerator<PlacedRecord>? records;
    private Position? at;

    internal ChunkReader(CollectionOptions options, string name, string path, string? sha256) => (this.options, this.name, this.path, this.sha256) = (options, name, path, sha256);

    /// <summary>The chunk that begins at a position; its length follows from the file and the position alone.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read, or is another one by now; the message names it.</exception>
    public Chunk ReadFrom(Position from)
    {
        try
        {
            if (records is null || at != from) Begin(from);
            var chunk = new List<PlacedRecord>();
            // A record ahead, so that no last chunk is empty.
            for (var size = 0L; at is not null && (chunk.Count == 0 || (size + records!.Current.Record.Size <= ChunkBytes && chunk.Count < ChunkRecords));)
            {
                chunk.Add(records!.Current);
                size += records.Current.Record.Size;
                at = records.MoveNext() ? chunk[^1].Next : null;
            }

            if (Seen() != seen) throw Changed();
            return new(options, chunk, at);
        }
        catch (SourceUnreadableException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    public void Dispose()
    {
        records?.Dispose();
        file?.Dispose();
        (records, file) = (null, null);
    }

    private void Begin(Position from)
    {
        Dispose();
        file = new(name, path);
        seen = Seen();
        if (sha256 is not null)
        {
            if (Convert.ToHexStringLower(SHA256.HashData(file)) != sha256) throw Changed();
            file.Position = 0;
        }

        records = new SourceWalk(options, from).Read(name, file).GetEnumerator();
        at = records.MoveNext() ? from : null;
    }

    private (long, DateTime) Seen() => (file!.Length, File.GetLastWriteTimeUtc(path));

    private InvalidDataException Changed() => new($"{name}: was changed while the run was reading it; run again.");
}
