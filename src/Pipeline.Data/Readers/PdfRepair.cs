using System.Globalization;
using System.Text;

namespace Pipeline.Data.Readers;

/// <summary>
/// Gives a PDF that has lost its end what stood there (ISO 32000-1, 7.5): a catalogue, a tree of the pages that are left, and where each object begins. Objects in streams of objects are written out.
/// </summary>
internal static class PdfRepair
{
    /// <summary>The file with a new end; null where no page is left, or where what is left is encrypted.</summary>
    /// <param name="most">Bytes that streams of objects may unpack to.</param>
    public static byte[]? Mended(byte[] content, long most)
    {
        if (content.AsSpan().IndexOf("/Encrypt"u8) >= 0) return null;
        var objects = PdfObjects.Of(content, most);
        var all = objects.All();
        var pages = all.Where(o => o.IsPage).ToList();
        if (pages.Count == 0) return null;

        var end = new StringBuilder("\n");
        var places = all.Where(o => o.At >= 0).ToDictionary(o => o.Number, o => (long)o.At);
        foreach (var packed in all.Where(o => o.At < 0)) Write(packed.Number, packed.Text);
        var next = all.Max(o => o.Number) + 1;
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
        return [.. content, .. Encoding.Latin1.GetBytes(end.ToString())];

        void Write(int number, string text)
        {
            places[number] = content.Length + (long)end.Length;
            end.Append(CultureInfo.InvariantCulture, $"{number} 0 obj\n").Append(text).Append("\nendobj\n");
        }
    }
}
