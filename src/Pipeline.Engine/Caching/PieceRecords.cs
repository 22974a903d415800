using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Caching;

/// <summary>What is known of a piece without its content.</summary>
/// <param name="Digest">SHA-256 of its file where it has one, else of its content.</param>
/// <param name="Size">Of its content, in bytes.</param>
public sealed record PieceRecord(JsonElement Facts, ArtifactFile? File, string Digest, long Size);

/// <summary>
/// Pieces by key, a file each: the SHA-256 of its second line, that line, which is the record as JSON, and the content. They are not flushed to disk, so after a power cut one may be torn:
/// what does not match its checksum is not there.
/// </summary>
public sealed class PieceRecords(string root, TimeProvider clock)
{
    private const int DigestLine = 65;
    private const int LongestRecord = 1 << 30;

    /// <summary>Noting each use would write to the disk for each piece found.</summary>
    private static readonly TimeSpan UseIsNotedAfter = TimeSpan.FromHours(12);

    /// <param name="isUse">Whether it is wanted, and not only looked at: what is used stays.</param>
    public PieceRecord? Find(string key, bool isUse = true)
    {
        try
        {
            using var stream = new FileStream(PathOf(key), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (Read(stream) is not { } record) return null;
            if (isUse && clock.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(stream.SafeFileHandle) > UseIsNotedAfter) File.SetLastWriteTimeUtc(PathOf(key), clock.GetUtcNow().UtcDateTime);
            return record;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The content of a record, or null where it is gone or damaged.</summary>
    public byte[]? Content(string key, PieceRecord record)
    {
        if (record.Size == 0) return [];
        try
        {
            using var stream = new FileStream(PathOf(key), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length < record.Size) return null;
            var content = new byte[record.Size];
            stream.Position = stream.Length - record.Size;
            stream.ReadExactly(content);
            return Sha256.Of(content) == record.Digest ? content : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public PieceRecord Keep(string key, JsonElement facts, byte[] content, ArtifactFile? file)
    {
        var record = new PieceRecord(facts, file, file?.Sha256 ?? Sha256.Of(content), content.Length);
        var line = JsonSerializer.SerializeToUtf8Bytes(record, PieceJson.Default.PieceRecord);
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(key))!);
        AtomicFile.Write(PathOf(key), [.. Encoding.UTF8.GetBytes(Sha256.Of(line)), (byte)'\n', .. line, (byte)'\n'], durable: false, content);
        return record;
    }

    /// <summary>Every file of the folder and when it was last used; also what a writer that died has left.</summary>
    public IEnumerable<FileInfo> All() => Directory.Exists(root) ? new DirectoryInfo(root).EnumerateFiles("*", SearchOption.AllDirectories) : [];

    private static PieceRecord? Read(FileStream stream)
    {
        Span<byte> digest = stackalloc byte[DigestLine];
        if (stream.ReadAtLeast(digest, DigestLine, throwOnEndOfStream: false) < DigestLine) return null;
        var line = new MemoryStream();
        for (int next; (next = stream.ReadByte()) != '\n'; line.WriteByte((byte)next))
            if (next < 0 || line.Length == LongestRecord) return null;
        var bytes = line.GetBuffer().AsSpan(0, (int)line.Length);
        return Sha256.Of(bytes) == Encoding.UTF8.GetString(digest[..^1]) ? JsonSerializer.Deserialize(bytes, PieceJson.Default.PieceRecord) : null;
    }

    private string PathOf(string key) => Path.Combine(root, key[..2], key);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PieceRecord))]
internal sealed partial class PieceJson : JsonSerializerContext;
