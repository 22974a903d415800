using System.Buffers.Binary;
using System.IO.Compression;
using Pipeline.Data.Damages;
using SharpCompress.Common;
using SharpCompress.Readers;
using SharpCompress.Readers.Zip;

namespace Pipeline.Data.Collection.Containers;

/// <summary>Files of a zip archive, by its directory.</summary>
internal static class ZipEntries
{
    private const int EndBytes = 22;
    private const int DirectoryEntryBytes = 46;
    private const int MostBeyond = 100_000;
    private const int UnixType = 0xf000, UnixLink = 0xa000, UnixFile = 0x8000;

    public static bool IsZip(ReadOnlySpan<byte> head) => head.StartsWith("PK\x03\x04"u8) || head.StartsWith("PK\x05\x06"u8);

    public static IEnumerable<Entry> Read(Stream archive, ReadLimits limits)
    {
        var (zip, fault) = Open(archive, limits);
        using (zip)
        {
            foreach (var entry in zip is null ? WithoutDirectory(archive, fault) : ByDirectory(zip)) yield return entry;
        }
    }

    private static (ZipArchive? Archive, Exception? Fault) Open(Stream archive, ReadLimits limits)
    {
        try
        {
            // The library would hold all of the directory; what is allowed of the files is found without.
            if (DirectoryBytes(archive) / DirectoryEntryBytes > limits.Entries + MostBeyond) return (null, null);
            var zip = new ZipArchive(archive, ZipArchiveMode.Read, leaveOpen: true);
            // It is read now, and may be damaged.
            _ = zip.Entries.Count;
            return (zip, null);
        }
        catch (Exception e) when (Faults.IsDamage(e))
        {
            return (null, new InvalidDataException($"has no directory at its end, or a damaged one: files are taken as they are found from its beginning{(Faults.IsOurs(e) ? $" ({e.Message})" : "")}; get it anew to have all.", e));
        }
    }

    private static IEnumerable<Entry> ByDirectory(ZipArchive zip)
    {
        foreach (var entry in zip.Entries)
        {
            if (entry.FullName.EndsWith('/') && entry.Length == 0) continue;
            // Makers of archives that know no such thing leave it zero.
            var type = (entry.ExternalAttributes >> 16) & UnixType;
            if (type is not (0 or UnixFile)) yield return Entry.Refused(entry.FullName, DamageKind.Refused, type == UnixLink ? "is a link." : "is no regular file.");
            else if (entry.IsEncrypted) yield return Entry.Refused(entry.FullName, DamageKind.Refused, "is encrypted.");
            else yield return new(entry.FullName, () => new CheckedStream(entry.Open(), () => entry.Crc32));
        }
    }

    /// <summary>The files that can be found from the beginning on, where the directory at the end is lost.</summary>
    private static IEnumerable<Entry> WithoutDirectory(Stream archive, Exception? fault)
    {
        if (fault is not null) yield return new("", () => throw fault);
        archive.Position = 0;
        using var reader = ZipReader.OpenReader(archive, new ReaderOptions { LeaveStreamOpen = true });
        while (reader.MoveToNextEntry())
        {
            var entry = reader.Entry;
            if (entry.IsDirectory) continue;
            if (entry.IsEncrypted) yield return Entry.Refused(entry.Key, DamageKind.Refused, "is encrypted.");
            else yield return new(entry.Key ?? "", () => new CheckedStream(reader.OpenEntryStream(), () => Checksum(entry, archive)));
        }
    }

    /// <summary>That of an entry may stand behind it, and where the archive ends with it there is none.</summary>
    private static uint? Checksum(IEntry entry, Stream archive) => entry.Crc != 0 ? (uint)entry.Crc
        : archive.Position < archive.Length ? null : throw new InvalidDataException("is truncated: its archive ends within it.");

    /// <summary>From where the directory is said to begin to its end: the platform's reader holds all of it.</summary>
    private static long DirectoryBytes(Stream archive)
    {
        var tail = new byte[Math.Min(archive.Length, EndBytes + ushort.MaxValue)];
        archive.Position = archive.Length - tail.Length;
        archive.ReadExactly(tail);
        var end = tail.AsSpan().LastIndexOf("PK\x05\x06"u8);
        if (end < 0 || end + EndBytes > tail.Length) throw new InvalidDataException("it is truncated");
        var begin = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end + 16));
        var directoryEnd = archive.Length - tail.Length + end;
        // An archive of more than 4 GiB says it elsewhere; its directory is at most as long as one of the smaller kind may be.
        return begin == uint.MaxValue ? BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end + 12)) : directoryEnd - begin;
    }
}
