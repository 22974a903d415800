using System.Globalization;
using Pipeline.Data.Damages;
using Pipeline.Data.Documents;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Exceptions;

namespace Pipeline.Data.Readers;

/// <summary>
/// The text of a PDF in reading order: columns one after the other, words mended where lines broke them, headers and footers that pages repeat left out. Pages that cannot be read are named, and counted in metadata <c>damaged_pages</c>.
/// A file that has lost its end gives the pages that are left of it.
/// </summary>
internal static class PdfText
{
    private const int MostNamed = 10;

    public static IEnumerable<Document> Read(string name, byte[] content, ReadLimits limits)
    {
        var read = Pages(name, content, limits);
        var faults = Faults(read, limits).ToList();
        var metadata = read.Information is { } information ? Facts(information) : [];
        metadata["pages"] = read.Total.ToString(CultureInfo.InvariantCulture);
        if (read.Damaged.Count > 0) metadata["damaged_pages"] = read.Damaged.Count.ToString(CultureInfo.InvariantCulture);
        RunningHeads.Remove(read.Pages);
        yield return Document.Create(name, PdfParagraphs.Join(read.Pages)) with { MediaType = "application/pdf", Metadata = metadata };
        if (faults.Count > 0) throw new RefusedException(read.Over is null ? DamageKind.Damaged : DamageKind.Limit, $"{name}: {string.Join("; ", faults)}; the rest is kept.");
    }

    private static PdfPages Pages(string name, byte[] content, ReadLimits limits)
    {
        var read = PdfPages.Read(content, limits);
        if (read is { Over: null, Failure: not (PdfDocumentEncryptedException or OutOfMemoryException), Pages.Count: 0 } && PdfRepair.Mended(content, limits.FileBytes) is { } mended)
        {
            var again = PdfPages.Read(mended, limits);
            if (again.Pages.Count > 0) read = again;
        }

        if (read.Pages.Count > 0) return read;
        throw read switch
        {
            { Failure: OutOfMemoryException e } => e,
            { Failure: PdfDocumentEncryptedException e } => new InvalidDataException($"{name}: is encrypted; remove its password first.", e),
            { Over: { } over } => new RefusedException(DamageKind.Limit, $"{name}: {over}"),
            { Failure: { } e } => new InvalidDataException($"{name}: is no PDF that can be read, or all of its pages are lost: get it anew or leave it out.", e),
            _ => new InvalidDataException($"{name}: {(read.Total == 0 ? "has no page" : $"all {read.Total} pages are damaged")}."),
        };
    }

    private static IEnumerable<string> Faults(PdfPages read, ReadLimits limits)
    {
        if (read.Mended is { } mended)
        {
            yield return "has lost its end: its pages are those that are left, in the order in which they stand in the file";
            if (mended.LostFonts > 0) yield return $"{mended.LostFonts} fonts are lost and read as TeX usually makes them, so that formulas, accents and some marks may be wrong";
        }

        if (read.Over is { } over) yield return over.TrimEnd('.');
        if (read.Damaged.Count == 0) yield break;
        yield return $"of {Math.Min(read.Total, limits.Pages)} pages {read.Damaged.Count} cannot be read: {string.Join(", ", read.Damaged.Take(MostNamed))}{(read.Damaged.Count > MostNamed ? ", …" : "")}";
    }

    private static Dictionary<string, string> Facts(DocumentInformation information)
    {
        var metadata = new Dictionary<string, string>();
        if (!string.IsNullOrWhiteSpace(information.Title)) metadata["title"] = information.Title.Trim();
        if (!string.IsNullOrWhiteSpace(information.Author)) metadata["author"] = information.Author.Trim();
        // D:20040131…
        if (information.CreationDate is ['D', ':', .. var date] && date.Length >= 8 && date[..8].All(char.IsAsciiDigit)) metadata["date"] = $"{date[..4]}-{date[4..6]}-{date[6..8]}";
        return metadata;
    }
}
