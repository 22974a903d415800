using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Unicode;
using Pipeline.Data.Damages;
using Pipeline.Data.Documents;
using Pipeline.Data.Extraction;

namespace Pipeline.Data.Collection;

/// <summary>The body of an HTTP response as it was kept by a crawler, unpacked.</summary>
internal sealed record HttpPayload(int Status, string? ContentType, byte[] Body)
{
    private const int MostHeaders = 1000;

    private static readonly SearchValues<char> CharsetEnds = SearchValues.Create(" \t\"';,");

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Null where the message has no body to speak of.</summary>
    /// <param name="limits">As of a file: the body may unpack to as much.</param>
    public static HttpPayload? Parse(ReadOnlySpan<byte> message, ReadLimits limits)
    {
        var fields = new HeaderFields();
        var status = 0;
        for (var count = 0; ; count++)
        {
            var end = message.IndexOf((byte)'\n');
            if (end < 0) return count > 0 ? null : throw new InvalidDataException("holds no HTTP response.");
            var line = message[..end].TrimEnd((byte)'\r');
            message = message[(end + 1)..];
            if (count == 0) status = StatusOf(line);
            else if (line.IsEmpty) break;
            else if (count <= MostHeaders) fields.Add(Encoding.Latin1.GetString(line));
        }

        // Crawlers often keep the body unpacked and the headers as they came.
        var body = fields["Transfer-Encoding"]?.Contains("chunked", StringComparison.OrdinalIgnoreCase) == true ? Joined(message) : message.ToArray();
        foreach (var coding in (fields["Content-Encoding"] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Reverse())
            body = Decoded(body, coding.ToLowerInvariant(), limits);
        return new(status, fields["Content-Type"], body);
    }

    /// <param name="identified">What an archive found the body to be; it goes before what the server said.</param>
    public IEnumerable<Document> Documents(string name, string? url, string? identified, IReadOnlyDictionary<string, string> metadata, CollectionOptions options)
    {
        var format = Formats.ByMediaType(identified) ?? Formats.BySniffing(Body) ?? Formats.ByMediaType(ContentType);
        // A crawl in a crawl would be read to any depth.
        if (format is null or { Name: FileFormat.Warc or FileFormat.Arc }) yield break;
        var part = metadata.GetValueOrDefault("warc_record_id") ?? url ?? "";
        var number = 0;
        foreach (var record in format.Cut(new(name, new MemoryStream(InUtf8(ContentType, Body)), Restart.Start, options)))
        {
            foreach (var document in record.Read())
            {
                var own = document.Metadata.ToDictionary();
                foreach (var (key, value) in metadata) own[key] = value;
                yield return document with { Id = Document.StableId(name, $"{part}#{number++}", document.Text), Url = url ?? document.Url, Metadata = own };
            }
        }
    }

    /// <summary>With the charset of the header made visible to readers, which believe a byte order mark before all else.</summary>
    internal static byte[] InUtf8(string? contentType, byte[] body)
    {
        var at = contentType?.IndexOf("charset=", StringComparison.OrdinalIgnoreCase) ?? -1;
        if (at < 0) return body;
        var charset = contentType.AsSpan(at + 8).TrimStart(" \"'");
        var end = charset.IndexOfAny(CharsetEnds);
        if (Charsets.Named((end < 0 ? charset : charset[..end]).ToString()) is not { } encoding || encoding.WebName is "utf-8") return body;
        // Servers say of all their files what is true of some.
        if (Utf8.IsValid(body)) return body;
        foreach (var marked in (ReadOnlySpan<Encoding>)[Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode])
            if (body.AsSpan().StartsWith(marked.Preamble)) return body;
        return [.. Encoding.UTF8.Preamble, .. Encoding.Convert(encoding, Encoding.UTF8, body)];
    }

    private static int StatusOf(ReadOnlySpan<byte> line)
    {
        var text = Encoding.Latin1.GetString(line).Split(' ', 3);
        if (text.Length < 2 || !text[0].StartsWith("HTTP", StringComparison.OrdinalIgnoreCase)) throw new InvalidDataException("holds no HTTP response.");
        return int.TryParse(text[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : throw new InvalidDataException("holds an HTTP response without a status.");
    }

    /// <summary>The chunks of a body (RFC 9112, 7.1) as one; a body that has none although its header says so as it is.</summary>
    private static byte[] Joined(ReadOnlySpan<byte> body)
    {
        var joined = new MemoryStream();
        var rest = body;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            var size = line.IndexOf((byte)';') is >= 0 and var extension ? line[..extension] : line;
            if (!int.TryParse(size.Trim(" \t\r"u8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var length) || length < 0)
                return joined.Length == 0 ? body.ToArray() : throw new InvalidDataException("holds a body of damaged chunks.");
            if (length == 0) break;
            rest = end < 0 ? default : rest[(end + 1)..];
            if (rest.Length < length) throw new InvalidDataException("holds a body that ends within a chunk.");
            joined.Write(rest[..length]);
            rest = rest[length..];
            if (rest.IndexOf((byte)'\n') is >= 0 and < 2 and var close) rest = rest[(close + 1)..];
        }

        return joined.ToArray();
    }

    private static byte[] Decoded(byte[] body, string coding, ReadLimits limits)
    {
        var source = new MemoryStream(body);
        Stream? unpacked = coding switch
        {
            "gzip" or "x-gzip" when body.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]) => new GZipStream(source, CompressionMode.Decompress),
            // What is sent as deflate is zlib by the standard, and in practice sometimes not.
            "deflate" => body.Length > 1 && (body[0] & 15) == 8 && ((body[0] << 8) | body[1]) % 31 == 0 ? new ZLibStream(source, CompressionMode.Decompress) : new DeflateStream(source, CompressionMode.Decompress),
            "br" => new BrotliStream(source, CompressionMode.Decompress),
            "identity" or "" or "gzip" or "x-gzip" => null,
            _ => throw new InvalidDataException($"holds a body in the encoding '{coding}', which is not known."),
        };
        if (unpacked is null) return body;
        using var told = new CheckedStream(unpacked);
        var result = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (told.Read(buffer) is > 0 and var read)
        {
            if (result.Length + read > limits.FileBytes) throw OverLimit.File(limits, $"holds a body that unpacks to more than {limits.FileBytes} bytes");
            result.Write(buffer, 0, read);
        }

        return result.ToArray();
    }
}
