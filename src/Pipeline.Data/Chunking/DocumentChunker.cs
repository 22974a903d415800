using System.Globalization;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Chunking;

/// <summary>
/// Cuts documents that are longer than a size into pieces of about equal length, none longer. Together, without what overlaps, they are the document to the character. A piece's id is its document's with a number
/// (<c>4f…#0001</c>), its metadata are the document's and where it is from.
/// </summary>
public sealed class DocumentChunker(ChunkOptions options)
{
    /// <summary>Metadata: the id of the document, the piece's number from 1 and how many there are, and how many characters at its beginning are the last of the piece before.</summary>
    public const string ParentKey = "chunk_of", NumberKey = "chunk", CountKey = "chunks", OverlapKey = "chunk_overlap";

    private const int MostTries = 40;

    private readonly ChunkMeasure measure = new(options);

    private static string Name(ChunkUnit unit) => unit.ToString().ToLowerInvariant();

    public FunnelTally NewTally() => new([("chunk_size", string.Create(CultureInfo.InvariantCulture, $"{options.Size} {Name(options.Unit)}"))]);

    public IReadOnlyList<Document> Apply(Document document, FunnelTally tally)
    {
        tally.Begin(document.Text.Length);
        var pieces = Cut(document);
        if (pieces.Count < 2) return [document];
        var result = new List<Document>(pieces.Count);
        foreach (var (from, start, end) in pieces)
        {
            var metadata = new Dictionary<string, string>(document.Metadata) { [ParentKey] = document.Id, [NumberKey] = Text(result.Count + 1), [CountKey] = Text(pieces.Count) };
            if (from < start) metadata[OverlapKey] = Text(start - from);
            result.Add(document with { Id = string.Create(CultureInfo.InvariantCulture, $"{document.Id}#{result.Count + 1:0000}"), Text = document.Text[from..end], Metadata = metadata });
        }

        tally.Parted(0, document.Id, document.Text, pieces[1].Start, pieces.Count, pieces.Sum(p => p.Start - p.From));
        return result;
    }

    /// <summary>Where each piece begins, where it begins to be new, and where it ends.</summary>
    private List<(int From, int Start, int End)> Cut(Document document)
    {
        var text = document.Text;
        var pieces = new List<(int From, int Start, int End)>();
        var left = measure.Of(text, 0, text.Length);
        if (left <= options.Size) return pieces;
        var cuts = new TextCuts(text, document.MediaType is "text/markdown" or "text/x-markdown");
        for (int from = 0, start = 0; start < text.Length;)
        {
            var inFront = measure.Of(text, from, start);
            // The tokens of parts may be more than those of the whole.
            if (options.Unit == ChunkUnit.Tokens && inFront + left <= options.Size) left = measure.Of(text, from, text.Length) - inFront;
            var end = inFront + left <= options.Size ? text.Length : End(text, cuts, from, start, inFront, left);
            pieces.Add((from, start, end));
            left -= measure.Of(text, start, end);
            from = options.Overlap == 0 || end == text.Length ? end : measure.StartOf(text, start, end, options.Overlap, cuts);
            start = end;
        }

        return pieces;
    }

    /// <summary>Where a piece ends of which <paramref name="inFront"/> is overlap, where that many units are left of the text.</summary>
    private int End(string text, TextCuts cuts, int from, int start, int inFront, int left)
    {
        // As many pieces as it takes, of one length: a short rest would be no document.
        var wanted = left / Math.Ceiling((double)left / (options.Size - options.Overlap));
        var most = Math.Max(measure.EndOf(text, from, options.Size), start + 1);
        var middle = Math.Max(start, from + (int)((most - from) * Math.Min(1, (wanted + inFront) / options.Size)));
        var end = cuts.Best(start, Math.Min(most, start + Math.Max(1, (middle - start) / 2)), middle, most);
        for (var tries = 0; tries < MostTries && options.Unit == ChunkUnit.Tokens && end > start + 1 && measure.Of(text, from, end) > options.Size; tries++)
            end = cuts.Best(start, start + 1, start + ((end - start) * 3 / 4), start + ((end - start) * 7 / 8));
        return end;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
