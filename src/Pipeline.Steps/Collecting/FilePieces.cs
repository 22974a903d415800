using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Data.Collection;
using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <param name="Origin">Null for one beside the pipeline.</param>
internal sealed record PieceFile(SourceFile Source, Origin? Origin);

/// <summary>The source files of a step in chunks, each a piece of packed documents. At most one chunk a CPU is in memory, and no more than <see cref="DocumentPieces.Held"/> of them.</summary>
internal sealed class FilePieces(CollectionOptions options, IReadOnlyList<PieceFile> files, StepContext context) : DocumentPieces(options, context)
{
    public override string Noun => "files";

    public override async Task ReadAsync()
    {
        using var slots = new SemaphoreSlim(Context.Cpus);
        var number = 0;
        await foreach (var chunks in files.SelectInOrderAsync(Context.Cpus, s => ChunksAsync(s, slots), Context.Cancellation))
        {
            var source = files[number++].Source;
            Add(source.Alias, source.Size, source.Sha256, chunks, files.Count);
        }
    }

    private ChunkReader Open(PieceFile file) => new FileCollector(Options with { Origin = file.Origin }).Open(file.Source.Alias, file.Source.Path, file.Source.Sha256);

    /// <summary>The chunks of a file: cut one after the other, made into documents side by side.</summary>
    private async Task<IReadOnlyList<Piece<Facts>>> ChunksAsync(PieceFile file, SemaphoreSlim slots)
    {
        using var reader = Open(file);
        var chunks = new List<Task<Piece<Facts>>>();
        try
        {
            for (Position? at = Position.Start; at is not null;)
            {
                await slots.WaitAsync(Context.Cancellation);
                var next = new TaskCompletionSource<Position?>(TaskCreationOptions.RunContinuationsAsynchronously);
                chunks.Add(ChunkAsync(file, reader, at, next, slots));
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
    private Task<Piece<Facts>> ChunkAsync(PieceFile file, ChunkReader reader, Position at, TaskCompletionSource<Position?> next, SemaphoreSlim slots) => Task.Run(async () =>
    {
        IDisposable? held = null;
        try
        {
            var input = new JsonObject { ["name"] = file.Source.Alias, ["sha256"] = file.Source.Sha256 };
            if (file.Origin is { } origin) input["origin"] = JsonSerializer.SerializeToNode(origin);
            // What is counted as a file is its first chunk, which is all of most files.
            if (at != Position.Start) input["at"] = new JsonArray(at.Leaf, at.Restart.Offset, at.Restart.Number, at.Skip);
            var piece = await Context.Pieces.GetAsync(at == Position.Start ? "file" : "chunk", input, MakeAsync);
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
            held?.Dispose();
            slots.Release();
        }

        async Task<MadePiece<Facts>> MakeAsync()
        {
            // A piece that is lost later is made again when the reader is elsewhere, or closed, for a shard that holds room for it.
            var isLost = next.Task.IsCompleted;
            using var again = isLost ? Open(file) : null;
            var chunk = (again ?? reader).ReadFrom(at);
            next.TrySetResult(chunk.Next);
            if (!isLost) held = await Held.TakeAsync(chunk.Bytes, Context.Cancellation);
            return Make(chunk.Read(), chunk.Next);
        }
    });
}
