using System.Globalization;
using Pipeline.Data.Documents;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Exceptions;

namespace Pipeline.Data.Readers;

/// <summary>The text of a PDF in reading order: columns one after the other, words mended where lines broke them, headers and footers that pages repeat left out. A page that cannot be read is counted in metadata <c>damaged_pages</c>.</summary>
internal static class PdfText
{
    private const int MostPages = 20_000;
    private const int MostLetters = 200_000;

    public static Document Read(string name, byte[] content)
    {
        try
        {
            using var pdf = PdfDocument.Open(content, new ParsingOptions { UseLenientParsing = true, SkipMissingFonts = true, ClipPaths = false });
            if (pdf.NumberOfPages > MostPages) throw new InvalidDataException($"has {pdf.NumberOfPages} pages, more than {MostPages}");
            var (pages, damaged) = Pages(pdf);
            if (damaged > 0 && damaged == pdf.NumberOfPages) throw new InvalidDataException($"all {damaged} pages are damaged");
            var metadata = Facts(pdf.Information);
            metadata["pages"] = pdf.NumberOfPages.ToString(CultureInfo.InvariantCulture);
            if (damaged > 0) metadata["damaged_pages"] = damaged.ToString(CultureInfo.InvariantCulture);
            RunningHeads.Remove(pages);
            return Document.Create(name, PdfParagraphs.Join(pages)) with { MediaType = "application/pdf", Metadata = metadata };
        }
        catch (PdfDocumentEncryptedException e)
        {
            throw new InvalidDataException($"{name}: is encrypted; remove its password first.", e);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The library fails in many ways on what is no PDF.
            throw new InvalidDataException($"{name}: is no PDF that can be read: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static (List<List<PdfLine>> Pages, int Damaged) Pages(PdfDocument pdf)
    {
        var (pages, damaged) = (new List<List<PdfLine>>(), 0);
        for (var number = 1; number <= pdf.NumberOfPages; number++)
        {
            try
            {
                var page = pdf.GetPage(number);
                if (page.Letters.Count > MostLetters) throw new InvalidDataException("has more letters than a page");
                pages.Add(PdfLayout.Lines(page));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                damaged++;
            }
        }

        return (pages, damaged);
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
