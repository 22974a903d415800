using System.IO.Compression;
using System.Text;
using System.Xml;

namespace Pipeline.Data.Crawling;

/// <summary>A sitemap, an index of them, or one of plain text (sitemaps.org), gzipped or not.</summary>
/// <param name="Pages">As they are written.</param>
/// <param name="Sitemaps">Of an index.</param>
internal sealed record Sitemap(IReadOnlyList<string> Pages, IReadOnlyList<string> Sitemaps)
{
    private const int MostAddresses = 50_000;
    private const long MostBytes = 50L << 20;

    /// <summary>What stands before damage is taken.</summary>
    public static Sitemap Parse(byte[] body)
    {
        var (pages, sitemaps) = (new List<string>(), new List<string>());
        try
        {
            body = Unpacked(body);
            if (body.AsSpan().TrimStart("\ufeff \t\r\n"u8) is not [(byte)'<', ..])
            {
                foreach (var line in Encoding.UTF8.GetString(body).Split('\n', '\r'))
                    if (line.Trim(' ', '\t', '\ufeff') is { Length: > 0 } address && pages.Count < MostAddresses) pages.Add(address);
                return new(pages, sitemaps);
            }

            using var reader = XmlReader.Create(new MemoryStream(body), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null, MaxCharactersFromEntities = 1024, IgnoreComments = true });
            var list = pages;
            string? location = null;
            while (pages.Count + sitemaps.Count < MostAddresses && reader.Read())
            {
                // Whole only when its end is there.
                if (location is not null && reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA) location += reader.Value.Trim();
                else if (location is { Length: > 0 and < 8192 } && reader.NodeType == XmlNodeType.EndElement) list.Add(location);
                if (reader.NodeType is not (XmlNodeType.Text or XmlNodeType.CDATA)) location = null;
                if (reader.NodeType != XmlNodeType.Element) continue;
                // An address of a picture or a video is in another namespace.
                if (reader.Depth == 1) list = reader.LocalName == "sitemap" ? sitemaps : pages;
                else if (reader is { Depth: 2, LocalName: "loc" }) location = "";
            }
        }
        catch (Exception e) when (e is XmlException or InvalidDataException)
        {
            if (pages.Count + sitemaps.Count == 0) throw new InvalidDataException($"is no sitemap ({e.Message})", e);
        }

        return new(pages, sitemaps);
    }

    private static byte[] Unpacked(byte[] body)
    {
        if (!body.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b])) return body;
        using var unpacked = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (unpacked.Read(buffer) is > 0 and var read)
        {
            if (content.Length + read > MostBytes) throw new InvalidDataException($"unpacks to more than {MostBytes} bytes");
            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }
}
