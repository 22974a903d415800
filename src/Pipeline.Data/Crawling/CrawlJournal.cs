using System.IO.Compression;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Data.Crawling;

/// <summary>
/// What a crawl has done, in two files that only grow: <c>journal.jsonl</c>, whose lines begin with a checksum, and <c>bodies.bin</c>. A line is written after what it points to; after a crash all up to the
/// first torn line counts.
/// </summary>
public sealed class CrawlJournal : IDisposable
{
    public const string JournalFile = "journal.jsonl", BodiesFile = "bodies.bin";

    private const int RecordsBetweenFlushes = 256;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private readonly Dictionary<(CrawlKind, string), CrawlRecord> records = [];
    private readonly FileStream bodies;
    private readonly FileStream? journal;
    private readonly Lock gate = new();
    private int unflushed;

    private CrawlJournal(FileStream bodies, FileStream? journal) => (this.bodies, this.journal) = (bodies, journal);

    public int Count => records.Count;

    /// <summary>One to go on with.</summary>
    public static CrawlJournal Open(string folder)
    {
        Directory.CreateDirectory(folder);
        var bodies = new FileStream(Path.Combine(folder, BodiesFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 0);
        FileStream? journal = null;
        try
        {
            journal = new FileStream(Path.Combine(folder, JournalFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 0);
            var opened = new CrawlJournal(bodies, journal);
            var end = opened.Load(journal);
            journal.SetLength(end);
            journal.Position = end;
            return opened;
        }
        catch
        {
            bodies.Dispose();
            journal?.Dispose();
            throw;
        }
    }

    /// <summary>One that is finished, to look things up in.</summary>
    public static CrawlJournal Read(string journalPath, string bodiesPath)
    {
        var read = new CrawlJournal(new FileStream(bodiesPath, FileMode.Open, FileAccess.Read, FileShare.Read, 0), null);
        using var lines = new FileStream(journalPath, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
        read.Load(lines);
        return read;
    }

    public CrawlRecord? Find(CrawlKind kind, string address)
    {
        lock (gate) return records.GetValueOrDefault((kind, address));
    }

    /// <summary>Keeps a record with its body and links, and says where those lie.</summary>
    public CrawlRecord Add(CrawlRecord record, byte[] body, IReadOnlyList<string> links)
    {
        if (journal is null) throw new InvalidOperationException("opened for reading");
        var packed = body.Length > 0 ? Pack(body) : null;
        var packedLinks = links.Count > 0 ? Pack(Encoding.UTF8.GetBytes(string.Join('\n', links))) : null;
        lock (gate)
        {
            record = record with { Size = body.Length, Body = Append(packed), Links = Append(packedLinks) };
            var json = JsonSerializer.SerializeToUtf8Bytes(record, Json);
            journal.Write([.. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(XxHash128.Hash(json))), (byte)' ', .. json, (byte)'\n']);
            records[(record.Kind, record.Address)] = record;
            if (++unflushed >= RecordsBetweenFlushes) Flush();
            return record;
        }
    }

    /// <summary>Null where it is damaged.</summary>
    public byte[]? Content(BodyPlace place)
    {
        var packed = new byte[place.Length];
        if (RandomAccess.Read(bodies.SafeFileHandle, packed, place.Offset) != packed.Length) return null;
        try
        {
            using var unpacked = new DeflateStream(new MemoryStream(packed), CompressionMode.Decompress);
            using var content = new MemoryStream();
            unpacked.CopyTo(content);
            var bytes = content.ToArray();
            return Convert.ToHexStringLower(SHA256.HashData(bytes)) == place.Sha256 ? bytes : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    public IReadOnlyList<string> LinksOf(CrawlRecord record) => record.Links is { } place && Content(place) is { } text ? Encoding.UTF8.GetString(text).Split('\n') : [];

    /// <summary>To the disk.</summary>
    public void Flush()
    {
        lock (gate)
        {
            bodies.Flush(flushToDisk: true);
            journal?.Flush(flushToDisk: true);
            unflushed = 0;
        }
    }

    public void Dispose()
    {
        bodies.Dispose();
        journal?.Dispose();
    }

    /// <returns>Where the last sound line ends.</returns>
    private long Load(FileStream lines)
    {
        var end = 0L;
        using var reader = new StreamReader(new BufferedStream(lines, 1 << 16), new UTF8Encoding(false), detectEncodingFromByteOrderMarks: false, 1 << 16, leaveOpen: true);
        while (reader.ReadLine() is { } line && Parse(line) is { } record)
        {
            end += Encoding.UTF8.GetByteCount(line) + 1;
            if (end > lines.Length) return end - Encoding.UTF8.GetByteCount(line) - 1;
            // Of a crawl that was cut off by a power cut a body may not have reached the disk, though its line did.
            if (journal is null || ((record.Body is null || Content(record.Body) is not null) && (record.Links is null || Content(record.Links) is not null))) records[(record.Kind, record.Address)] = record;
        }

        return end;
    }

    private static CrawlRecord? Parse(string line)
    {
        if (line.Length < 34 || line[32] != ' ') return null;
        var json = Encoding.UTF8.GetBytes(line[33..]);
        return line.AsSpan(0, 32).SequenceEqual(Convert.ToHexStringLower(XxHash128.Hash(json))) ? JsonSerializer.Deserialize<CrawlRecord>(json, Json) : null;
    }

    private static (byte[] Packed, string Sha256)? Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var stream = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true)) stream.Write(content);
        return (packed.ToArray(), Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    private BodyPlace? Append((byte[] Packed, string Sha256)? content)
    {
        if (content is not var (packed, sha256)) return null;
        bodies.Seek(0, SeekOrigin.End);
        var place = new BodyPlace(bodies.Position, packed.Length, sha256);
        bodies.Write(packed);
        return place;
    }
}
