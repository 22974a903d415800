using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Pipeline.Data.Readers;

/// <summary>An object of a PDF as it is written.</summary>
/// <param name="At">Where it begins; -1 where it is packed with others in a stream.</param>
/// <param name="Text">In Latin-1, one character a byte: its dictionary where that says that it is a page or is above pages, and all of a packed one.</param>
internal sealed record PdfObject(int Number, int At, string Text)
{
    public bool IsPage => PdfDictionary.Value(Text, "/Type") == "/Page";
}

/// <summary>The whole objects that are found in a PDF without its table; of those with the same number the last.</summary>
internal sealed class PdfObjects
{
    private const int MostObjects = 2_000_000;
    private const int LongestNumber = 10;

    private readonly Dictionary<int, (int Order, PdfObject Object)> found = [];
    private int order;
    private long left;

    /// <summary>In the order of the file.</summary>
    public List<PdfObject> All() => [.. found.Values.OrderBy(f => f.Order).Select(f => f.Object)];

    public PdfObject? Find(int? number) => number is { } known && found.TryGetValue(known, out var one) ? one.Object : null;

    public static PdfObjects Of(byte[] content, long most)
    {
        var objects = new PdfObjects { left = most };
        for (var at = 0; content.AsSpan(at).IndexOf(" obj"u8) is >= 0 and var step;)
        {
            var mark = at + step;
            at = mark + 4;
            // A number and a generation stand before the word.
            var generation = Digits(content, mark);
            var number = generation > 0 && content[generation - 1] == ' ' ? Digits(content, generation - 1) : -1;
            if (number < 0 || generation - 1 == number || generation == mark || !int.TryParse(content.AsSpan(number, generation - 1 - number), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) continue;
            var end = content.AsSpan(at).IndexOf("endobj"u8);
            // What the file ends within is no object, but a stream of objects has some before its end.
            if (end < 0) objects.Add(id, number, content.AsSpan(at), isWhole: false);
            if (end < 0 || objects.found.Count >= MostObjects) break;
            objects.Add(id, number, content.AsSpan(at, end), isWhole: true);
            at += end;
        }

        return objects;
    }

    private static int Digits(byte[] content, int end)
    {
        var start = end;
        while (start > 0 && end - start < LongestNumber && content[start - 1] is >= (byte)'0' and <= (byte)'9') start--;
        return start;
    }

    private void Add(int id, int at, ReadOnlySpan<byte> body, bool isWhole)
    {
        var stream = body.IndexOf("stream"u8);
        var dictionary = stream < 0 ? body : body[..stream];
        // Of most objects only their places are needed.
        var matters = dictionary.IndexOf("/Page"u8) >= 0 || dictionary.IndexOf("/ObjStm"u8) >= 0;
        var text = matters ? Encoding.Latin1.GetString(dictionary) : "";
        if (isWhole) Put(new(id, at, text));
        if (stream >= 0 && PdfDictionary.Value(text, "/Type") == "/ObjStm") Unpack(text, body[(stream + 6)..], isWhole);
    }

    private void Put(PdfObject one) => found[one.Number] = (order++, one);

    private void Unpack(string dictionary, ReadOnlySpan<byte> packed, bool isWhole)
    {
        if (PdfDictionary.Value(dictionary, "/Filter")?.Trim('[', ']', ' ') != "/FlateDecode" || PdfDictionary.Value(dictionary, "/DecodeParms") is not null || !Count("/N", out var count) || !Count("/First", out var first)) return;
        var text = Inflated(packed.TrimStart("\r\n"u8));
        if (first > text.Length) return;
        var end = text.Length;
        var places = new List<(int Number, int At)>();
        for (var header = text.AsSpan(0, first); places.Count < count && Number(ref header, out var number) && Number(ref header, out var at);)
        {
            // They ascend (ISO 32000-1, 7.5.7): so no two objects share what lies in the stream.
            if (places.Count > 0 && first + (long)at < places[^1].At) return;
            if (at > text.Length - first && isWhole) return;
            // The one before is cut off.
            if (at > text.Length - first) break;
            places.Add((number, first + at));
        }

        if (!isWhole && places.Count > 0)
        {
            end = places[^1].At;
            places.RemoveAt(places.Count - 1);
        }

        for (var i = 0; i < places.Count && found.Count < MostObjects; i++)
        {
            var next = i + 1 < places.Count ? places[i + 1].At : end;
            if (next > places[i].At) Put(new(places[i].Number, -1, text[places[i].At..next].Trim()));
        }

        static bool Number(ref ReadOnlySpan<char> header, out int value)
        {
            header = header.TrimStart(" \r\n\t");
            var end = header.IndexOfAny(" \r\n\t") is >= 0 and var space ? space : header.Length;
            var isNumber = int.TryParse(header[..end], NumberStyles.None, CultureInfo.InvariantCulture, out value);
            header = header[end..];
            return isNumber;
        }

        bool Count(string name, out int value) => int.TryParse(PdfDictionary.Value(dictionary, name), NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    private string Inflated(ReadOnlySpan<byte> packed)
    {
        var unpacked = new MemoryStream();
        try
        {
            using var stream = new ZLibStream(new MemoryStream(packed.ToArray(), writable: false), CompressionMode.Decompress);
            var buffer = new byte[1 << 16];
            while (stream.Read(buffer) is > 0 and var read && (left -= read) >= 0) unpacked.Write(buffer, 0, read);
        }
        catch (InvalidDataException)
        {
            // What came before the damage.
        }

        return Encoding.Latin1.GetString(unpacked.GetBuffer(), 0, (int)unpacked.Length);
    }
}
