using System.Globalization;
using System.Text;

namespace Pipeline.Data.Readers;

/// <param name="LostFonts">Fonts of TeX that are lost, in whose place others were put.</param>
internal sealed record MendedPdf(byte[] Content, int LostFonts);

/// <summary>
/// Gives a PDF that has lost its end what stood there (ISO 32000-1, 7.5): a catalogue, a tree of the pages that are left, and where each object begins. Objects in streams of objects are written out.
/// </summary>
internal static class PdfRepair
{
    /// <summary>ISO 32000-1, annex C.</summary>
    private const int MostNumbers = 8_388_607;

    /// <summary>Thousandths of the size: text in Computer Modern takes less, its typewriter font 525.</summary>
    private const int MeanWidth = 480;

    /// <summary>pdfTeX's mark on the second line, its name with the high bits set.</summary>
    private static ReadOnlySpan<byte> MarkOfTeX => [(byte)'%', 0xD0, 0xD4, 0xC5, 0xD8];

    /// <summary>
    /// In the place of a font of TeX that is lost, as those are that stand last in the file: in all encodings of its text fonts ASCII is nearly what it is elsewhere. Ligatures stand at 11 (OT1) or 27 (T1), quotes and dashes as in T1, and 15 is more often the bullet of the symbols than ffl.
    /// </summary>
    private static readonly string FontOfTeX = "<< /Type /Font /Subtype /Type1 /BaseFont /TeX /Encoding << /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [11 /ff /fi /fl /ffi /bullet /quotedblleft /quotedblright 21 /endash /emdash 27 /ff /fi /fl /ffi /ffl 39 /quoteright 96 /quoteleft] >> "
        + $"/FirstChar 0 /LastChar 255 /Widths [{string.Join(' ', Enumerable.Repeat(MeanWidth, 256))}] >>";

    /// <summary>The file with a new end; null where no page is left, or where what is left is encrypted.</summary>
    /// <param name="most">Bytes that streams of objects may unpack to.</param>
    public static MendedPdf? Mended(byte[] content, long most)
    {
        if (content.AsSpan().IndexOf("/Encrypt"u8) >= 0) return null;
        var objects = PdfObjects.Of(content, most);
        var all = objects.All();
        var pages = all.Where(o => o.IsPage).ToList();
        if (pages.Count == 0) return null;

        var end = new StringBuilder("\n");
        var places = all.Where(o => o.At >= 0).ToDictionary(o => o.Number, o => (long)o.At);
        foreach (var packed in all.Where(o => o.At < 0)) Write(packed.Number, packed.Text);
        List<int> lost = content.AsSpan(0, Math.Min(content.Length, 32)).IndexOf(MarkOfTeX) < 0 ? [] : [.. all.SelectMany(o => FontsOf(o.Text)).Distinct().Where(n => n < MostNumbers && objects.Find(n) is null).Take(all.Count)];
        foreach (var font in lost) Write(font, FontOfTeX);
        var next = Math.Max(all.Max(o => o.Number), lost.DefaultIfEmpty().Max()) + 1;
        var (catalog, root) = (next++, next++);
        var kids = new List<int>();
        // What pages inherit stands in the node above them, where that is left.
        foreach (var siblings in pages.GroupBy(p => objects.Find(PdfDictionary.Reference(p.Text, "/Parent"))?.Number))
        {
            var node = next++;
            kids.Add(node);
            var inherited = objects.Find(siblings.Key) is { } parent ? string.Concat(((string[])["/Resources", "/MediaBox", "/Rotate"]).Select(n => PdfDictionary.Value(parent.Text, n) is { } value ? $" {n} {value}" : "")) : "";
            Write(node, $"<< /Type /Pages /Parent {root} 0 R /Count {siblings.Count()} /Kids [{string.Join(' ', siblings.Select(p => $"{p.Number} 0 R"))}]{inherited} >>");
        }

        Write(root, $"<< /Type /Pages /Count {pages.Count} /MediaBox [0 0 612 792] /Kids [{string.Join(' ', kids.Select(k => $"{k} 0 R"))}] >>");
        Write(catalog, $"<< /Type /Catalog /Pages {root} 0 R >>");
        var table = content.Length + (long)end.Length;
        end.Append("xref\n0 1\n0000000000 65535 f \n");
        foreach (var (number, at) in places.OrderBy(p => p.Key)) end.Append(CultureInfo.InvariantCulture, $"{number} 1\n{at:0000000000} 00000 n \n");
        end.Append(CultureInfo.InvariantCulture, $"trailer\n<< /Size {next} /Root {catalog} 0 R >>\nstartxref\n{table}\n%%EOF\n");
        return new([.. content, .. Encoding.Latin1.GetBytes(end.ToString())], lost.Count);

        void Write(int number, string text)
        {
            places[number] = content.Length + (long)end.Length;
            end.Append(CultureInfo.InvariantCulture, $"{number} 0 obj\n").Append(text).Append("\nendobj\n");
        }
    }

    /// <summary>Of a page, or of resources that pages share.</summary>
    private static List<int> FontsOf(string text) =>
        PdfDictionary.Value(PdfDictionary.Value(text, "/Resources") is ['<', ..] and var own ? own : text, "/Font") is ['<', ..] and var fonts ? PdfDictionary.References(fonts) : [];
}
