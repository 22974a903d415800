using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Pipeline.Data.Collection;
using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>The source files of a step in chunks, each a piece of packed documents. At most one chunk a CPU is in memory.</summary>
internal sealed class FilePieces(FileCollector collector, StepContext context)
{
    /// <param name="Next">Where the file goes on; null in its last chunk.</param>
    /// <param name="Marks">A <see cref="DocumentMark"/> of eight bytes for each document.</param>
    public sealed record Facts(Position? Next, CollectionTally Tally, byte[] Marks);

    private readonly List<Piece<Facts>> pieces = [];

    public int Count => pieces.Count;

    /// <summary>Of all files together.</summary>
    public CollectionTally Tally { get; } = new();

    public List<DatasheetSource> Sources { get; } = [];

    public async Task ReadAsync()
    {
        using var slots = new SemaphoreSlim(context.Cpus);
        await foreach (var chunks in context.Sources.SelectInOrderAsync(context.Cpus, s => ChunksAsync(s, slots), context.Cancellation))
        {
            var (source, damaged) = (context.Sources[Sources.Count], Tally.Damaged);
            foreach (var chunk in chunks) Tally.Add(chunk.Facts.Tally);
            pieces.AddRange(chunks);
            Sources.Add(new(source.Name, source.Size, source.Sha256, chunks.Sum(c => c.Facts.Tally.Documents), Tally.Damaged - damaged));
            if (Sources.Count % 16 == 0) context.Report(Sources.Count, context.Sources.Count, "files");
        }
    }

    public string DigestOf(int piece) => pieces[piece].Digest;

    public ReadOnlySpan<DocumentMark> MarksOf(int piece) => MemoryMarshal.Cast<byte, DocumentMark>(pieces[piece].Facts.Marks);

    public async Task<List<Document>> DocumentsAsync(int piece) => DocumentPack.Unpack(await pieces[piece].ContentAsync());

    /// <summary>Those of all files, in memory.</summary>
    public async Task<List<Document>> DocumentsAsync()
    {
        var all = new List<Document>();
        await foreach (var documents in Enumerable.Range(0, Count).SelectInOrderAsync(context.Cpus, DocumentsAsync, context.Cancellation)) all.AddRange(documents);
        return all;
    }

    /// <summary>The chunks of a file: cut one after the other, made into documents side by side.</summary>
    private async Task<IReadOnlyList<Piece<Facts>>> ChunksAsync(SourceFile source, SemaphoreSlim slots)
    {
        using var reader = collector.Open(source.Name, source.Path, source.Sha256);
        var chunks = new List<Task<Piece<Facts>>>();
        try
        {
            for (Position? at = Position.Start; at is not null;)
            {
                await slots.WaitAsync(context.Cancellation);
                var next = new TaskCompletionSource<Position?>(TaskCreationOptions.RunContinuationsAsynchronously);
                chunks.Add(ChunkAsync(source, reader, at, next, slots));
                at = await next.Task;
            }

            return await Task.WhenAll(chunks);
        }
        finally
        {
            // After a failure the others must not outlive it unobserved.
            await Task.WhenAll(chunks).ContinueWith(t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <param name="next">Learns where the chunk after this one begins as soon as that is known.</param>
    private Task<Piece<Facts>> ChunkAsync(SourceFile source, ChunkReader reader, Position at, TaskCompletionSource<Position?> next, SemaphoreSlim slots) => Task.Run(async () =>
    {
        try
        {
            var input = new JsonObject { ["name"] = source.Name, ["sha256"] = source.Sha256 };
            // What is counted as a file is its first chunk, which is all of most files.
            if (at != Position.Start) input["at"] = new JsonArray(at.Leaf, at.Restart.Offset, at.Restart.Number, at.Skip);
            var piece = await context.Pieces.GetAsync(at == Position.Start ? "file" : "chunk", input, () => Task.FromResult(Make(source, reader, at, next)));
            next.TrySetResult(piece.Facts.Next);
            return piece;
        }
        catch (Exception e)
        {
            next.TrySetException(e);
            throw;
        }
        finally
        {
            slots.Release();
        }
    });

    private MadePiece<Facts> Make(SourceFile source, ChunkReader reader, Position at, TaskCompletionSource<Position?> next)
    {
        // A piece that is lost later is made again when the reader is elsewhere, or closed.
        using var again = next.Task.IsCompleted ? collector.Open(source.Name, source.Path, source.Sha256) : null;
        var chunk = (again ?? reader).ReadFrom(at);
        next.TrySetResult(chunk.Next);
        var found = chunk.Read();
        DocumentMark[] marks = [.. found.Documents.Select(DocumentMark.Of)];
        return new(new Facts(chunk.Next, found.Tally, MemoryMarshal.AsBytes(marks.AsSpan()).ToArray())) { Content = DocumentPack.Pack(found.Documents) };
    }
}
