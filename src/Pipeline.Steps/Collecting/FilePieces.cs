using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Pipeline.Data.Collection;
using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>The source files of a step, each a piece of packed documents.</summary>
internal sealed class FilePieces(FileCollector collector, StepContext context)
{
    /// <param name="Marks">A <see cref="DocumentMark"/> of eight bytes for each document.</param>
    public sealed record Facts(int Empty, long Characters, byte[] Marks);

    private readonly List<Piece<Facts>> pieces = [];

    public int Count => pieces.Count;

    public long Documents { get; private set; }

    public long Empty { get; private set; }

    public long Characters { get; private set; }

    public async Task ReadAsync()
    {
        await foreach (var piece in context.Sources.SelectInOrderAsync(context.Cpus, ReadAsync, context.Cancellation))
        {
            pieces.Add(piece);
            Documents += MarksOf(piece).Length;
            Empty += piece.Facts.Empty;
            Characters += piece.Facts.Characters;
            if (pieces.Count % 16 == 0) context.Report(pieces.Count, context.Sources.Count, "files");
        }
    }

    public string DigestOf(int piece) => pieces[piece].Digest;

    public ReadOnlySpan<DocumentMark> MarksOf(int piece) => MarksOf(pieces[piece]);

    public async Task<List<Document>> DocumentsAsync(int piece) => DocumentPack.Unpack(await pieces[piece].ContentAsync());

    /// <summary>Those of all files, in memory.</summary>
    public async Task<List<Document>> DocumentsAsync()
    {
        var all = new List<Document>();
        await foreach (var documents in Enumerable.Range(0, Count).SelectInOrderAsync(context.Cpus, DocumentsAsync, context.Cancellation)) all.AddRange(documents);
        return all;
    }

    private Task<Piece<Facts>> ReadAsync(SourceFile source) =>
        context.Pieces.GetAsync("file", new JsonObject { ["name"] = source.Name, ["sha256"] = source.Sha256 }, () =>
        {
            var file = collector.Read(source.Name, source.Path, source.Sha256);
            DocumentMark[] marks = [.. file.Documents.Select(DocumentMark.Of)];
            var facts = new Facts(file.Empty, file.Documents.Sum(d => (long)d.Text.Length), MemoryMarshal.AsBytes(marks.AsSpan()).ToArray());
            return Task.FromResult(new MadePiece<Facts>(facts) { Content = DocumentPack.Pack(file.Documents) });
        });

    private static ReadOnlySpan<DocumentMark> MarksOf(Piece<Facts> piece) => MemoryMarshal.Cast<byte, DocumentMark>(piece.Facts.Marks);
}
