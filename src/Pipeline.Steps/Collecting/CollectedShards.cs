using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>Shards of the documents of many files, each a piece. Of files whose shards are all found again nothing but facts is read.</summary>
internal sealed class CollectedShards
{
    /// <summary>Documents <paramref name="From"/> up to <paramref name="To"/> of a file.</summary>
    private sealed record Range(int File, int From, int To);

    private sealed record Facts(int Documents);

    private readonly DocumentPieces files;
    private readonly StepContext context;
    private readonly List<List<Range>> shards = [];
    private readonly ConcurrentDictionary<int, Lazy<Task<List<Document>>>> open = new();
    private readonly int[] uses;

    public CollectedShards(DocumentPieces files, StepContext context)
    {
        (this.files, this.context) = (files, context);
        Cut();
        uses = new int[files.Count];
        foreach (var range in shards.SelectMany(s => s)) uses[range.File]++;
    }

    public async Task WriteAsync(Output<Artifacts.Documents> output)
    {
        var written = 0;
        await foreach (var piece in Enumerable.Range(0, shards.Count).SelectInOrderAsync(context.Cpus, WriteAsync, context.Cancellation))
        {
            File.Copy(piece.File!, output[DocumentShards.NameOf(written++)]);
            context.Report(written, shards.Count, "shards");
        }
    }

    private void Cut()
    {
        var total = 0L;
        for (var file = 0; file < files.Count; file++)
            foreach (var mark in files.MarksOf(file)) total += mark.Size;

        var cuts = new ShardCuts(total);
        var shard = new List<Range>();
        for (var file = 0; file < files.Count; file++)
        {
            var marks = files.MarksOf(file);
            var from = 0;
            for (var i = 0; i < marks.Length; i++)
            {
                if (!cuts.EndsAfter(marks[i])) continue;
                shard.Add(new(file, from, i + 1));
                shards.Add(shard);
                (shard, from) = ([], i + 1);
            }

            if (from < marks.Length) shard.Add(new(file, from, marks.Length));
        }

        if (shard.Count > 0) shards.Add(shard);
    }

    private async Task<Piece<Facts>> WriteAsync(int shard)
    {
        var ranges = shards[shard];
        var input = new JsonArray([.. ranges.Select(r => new JsonObject { ["file"] = files.DigestOf(r.File), ["from"] = r.From, ["to"] = r.To })]);
        var isRead = false;
        var piece = await context.Pieces.GetAsync("shard", input, async () =>
        {
            using var held = await files.Held.TakeAsync(ranges.Sum(SizeOf), context.Cancellation);
            var path = Path.Combine(context.Scratch, $"shard-{shard}");
            await using var writer = new DocumentWriter(path);
            foreach (var range in ranges)
            {
                var documents = await OpenAsync(range.File);
                for (var i = range.From; i < range.To; i++)
                {
                    // A document is in one shard.
                    var document = documents[i];
                    documents[i] = null!;
                    await writer.AddAsync(document);
                }
            }

            await writer.CompleteAsync();
            Close();
            return new MadePiece<Facts>(new(writer.Count)) { File = path };
        });
        if (!isRead) Close();
        return piece;

        // While the room is held: who gets it next must find it empty.
        void Close()
        {
            isRead = true;
            foreach (var range in ranges)
                if (Interlocked.Decrement(ref uses[range.File]) == 0) open.TryRemove(range.File, out _);
        }
    }

    private long SizeOf(Range range)
    {
        var size = 0L;
        foreach (var mark in files.MarksOf(range.File)[range.From..range.To]) size += mark.Size;
        return size;
    }

    /// <summary>The documents of a file, kept until its last shard is there: a large file is in many.</summary>
    private Task<List<Document>> OpenAsync(int file) => open.GetOrAdd(file, f => new(() => files.DocumentsAsync(f))).Value;
}
