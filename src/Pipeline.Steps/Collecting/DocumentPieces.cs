using System.Runtime.InteropServices;
using Pipeline.Data.Collection;
using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>The sources of a collecting step as pieces of packed documents, in an order that is always the same.</summary>
internal abstract class DocumentPieces(StepContext context)
{
    /// <param name="Next">Where the source goes on; null in its last piece.</param>
    /// <param name="Marks">A <see cref="DocumentMark"/> of eight bytes for each document.</param>
    public sealed record Facts(Position? Next, CollectionTally Tally, byte[] Marks);

    private readonly List<Piece<Facts>> pieces = [];

    protected StepContext Context => context;

    public int Count => pieces.Count;

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

    protected static MadePiece<Facts> Make(CollectedDocuments found, Position? next)
    {
        DocumentMark[] marks = [.. found.Documents.Select(DocumentMark.Of)];
        return new(new Facts(next, found.Tally, MemoryMarshal.AsBytes(marks.AsSpan()).ToArray())) { Content = DocumentPack.Pack(found.Documents) };
    }
}
