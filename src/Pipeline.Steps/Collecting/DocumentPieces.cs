using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Pipeline.Data.Collection;
using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>The sources of a collecting step as pieces of packed documents, in an order that is always the same.</summary>
internal abstract class DocumentPieces(CollectionOptions options, StepContext context)
{
    private const long HeldBytesOfCpu = 64 << 20;

    /// <param name="Next">Where the source goes on; null in its last piece.</param>
    /// <param name="Marks">A <see cref="DocumentMark"/> of eight bytes for each document.</param>
    public sealed record Facts(Position? Next, CollectionTally Tally, byte[] Marks);

    private readonly List<Piece<Facts>> pieces = [];

    protected StepContext Context => context;

    protected CollectionOptions Options => options;

    public int Count => pieces.Count;

    /// <summary>Of bytes that are made into documents, and then of characters that are written.</summary>
    public WorkBudget Held { get; } = new(options.HeldBytes ?? context.Cpus * HeldBytesOfCpu);

    /// <summary>Of all sources together.</summary>
    public CollectionTally Tally { get; } = new();

    public List<DatasheetSource> Sources { get; } = [];

    /// <summary>What a source is called on the screen: <c>files</c>.</summary>
    public abstract string Noun { get; }

    public abstract Task ReadAsync();

    public string DigestOf(int piece) => pieces[piece].Digest;

    public ReadOnlySpan<DocumentMark> MarksOf(int piece) => MemoryMarshal.Cast<byte, DocumentMark>(pieces[piece].Facts.Marks);

    public async Task<List<Document>> DocumentsAsync(int piece) => DocumentPack.Unpack(await pieces[piece].ContentAsync());

    /// <summary>Those of all sources, in memory.</summary>
    public async Task<List<Document>> DocumentsAsync()
    {
        var all = new List<Document>();
        await foreach (var documents in Enumerable.Range(0, Count).SelectInOrderAsync(context.Cpus, DocumentsAsync, context.Cancellation)) all.AddRange(documents);
        return all;
    }

    /// <param name="total">How many sources there will be.</param>
    protected void Add(string name, long size, string sha256, IReadOnlyList<Piece<Facts>> chunks, int total)
    {
        var damaged = Tally.Damaged;
        foreach (var chunk in chunks) Tally.Add(chunk.Facts.Tally);
        pieces.AddRange(chunks);
        Sources.Add(new(name, size, sha256, chunks.Sum(c => c.Facts.Tally.Documents), Tally.Damaged - damaged));
        if (Sources.Count % 16 == 0) context.Report(Sources.Count, total, Noun);
    }

    /// <summary>A piece that is made when there is room for what it is made of. One that is lost later is made again for a shard that holds room for it.</summary>
    protected async Task<Piece<Facts>> PieceAsync(string part, JsonNode input, long bytes, Func<CollectedDocuments> read)
    {
        IDisposable? held = null;
        var isThere = false;
        try
        {
            return await context.Pieces.GetAsync(part, input, async () =>
            {
                if (!isThere) held = await Held.TakeAsync(bytes, context.Cancellation);
                return Make(read(), next: null);
            });
        }
        finally
        {
            isThere = true;
            held?.Dispose();
        }
    }

    protected static MadePiece<Facts> Make(CollectedDocuments found, Position? next)
    {
        DocumentMark[] marks = [.. found.Documents.Select(DocumentMark.Of)];
        return new(new Facts(next, found.Tally, MemoryMarshal.AsBytes(marks.AsSpan()).ToArray())) { Content = DocumentPack.Pack(found.Documents) };
    }
}
