using System.Globalization;
using Pipeline.Data.Damages;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;

namespace Pipeline.Data.Readers;

/// <summary>
/// The pages of a PDF as lines, as many as could be read in the time that is allowed. The library cannot be interrupted: it reads on a thread of its own, which is left where it does not end, and ends where it next unpacks something or comes to a page.
/// </summary>
internal sealed class PdfPages
{
    private const int MostLetters = 200_000;
    private const int StackBytes = 16 << 20;

    private readonly Lock gate = new();
    private readonly List<List<PdfLine>> pages = [];
    private readonly List<int> damaged = [];
    private bool left;

    private PdfPages()
    {
    }

    public List<List<PdfLine>> Pages => pages;

    /// <summary>Numbers of the pages that cannot be read.</summary>
    public IReadOnlyList<int> Damaged => damaged;

    /// <summary>Pages that the file says it has.</summary>
    public int Total { get; private set; }

    public DocumentInformation? Information { get; private set; }

    /// <summary>Why the file as a whole cannot be read, or not to its end.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The limit that was reached.</summary>
    public string? Over { get; private set; }

    /// <summary>Its end was lost, and made anew. A page without a line is damaged then: its words, or the letters they are written in, are lost.</summary>
    public MendedPdf? Mended { get; private init; }

    public static PdfPages Read(byte[] content, ReadLimits limits) => Read(content, limits, null);

    public static PdfPages Read(MendedPdf mended, ReadLimits limits) => Read(mended.Content, limits, mended);

    private static PdfPages Read(byte[] content, ReadLimits limits, MendedPdf? mended)
    {
        var read = new PdfPages { Mended = mended };
        var thread = new Thread(() => read.ReadAll(content, limits), StackBytes) { IsBackground = true, Name = "pdf" };
        thread.Start();
        if (limits.PdfSeconds > 0 && thread.Join(TimeSpan.FromSeconds(limits.PdfSeconds))) return read;
        lock (read.gate)
        {
            read.left = true;
            read.Over ??= string.Create(CultureInfo.InvariantCulture, $"takes longer to read than limits.pdf_seconds: {limits.PdfSeconds} allows; {read.pages.Count} pages were read. Raise that where the file is sound.");
        }

        return read;
    }

    private void ReadAll(byte[] content, ReadLimits limits)
    {
        try
        {
            using var pdf = PdfDocument.Open(content, new ParsingOptions { UseLenientParsing = true, SkipMissingFonts = true, ClipPaths = false, FilterProvider = new BoundedFilters(limits.FileBytes, () => left) });
            lock (gate)
            {
                if (left) return;
                (Total, Information) = (pdf.NumberOfPages, pdf.Information);
                if (Total > limits.Pages) Over = string.Create(CultureInfo.InvariantCulture, $"has {Total} pages, more than limits.pages: {limits.Pages} allows; those after them are left out. Raise that to read them.");
            }

            for (var number = 1; number <= Math.Min(pdf.NumberOfPages, limits.Pages); number++)
            {
                var lines = PageOf(pdf, number);
                lock (gate)
                {
                    if (left) return;
                    if (lines is null || Mended is not null && lines.Count == 0) damaged.Add(number);
                    else pages.Add(lines);
                }
            }
        }
        catch (Exception e)
        {
            lock (gate)
                if (!left) Failure = e;
        }
    }

    private static List<PdfLine>? PageOf(PdfDocument pdf, int number)
    {
        try
        {
            var page = pdf.GetPage(number);
            return page.Letters.Count > MostLetters ? null : PdfLayout.Lines(page);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or OperationCanceledException))
        {
            return null;
        }
    }
}
