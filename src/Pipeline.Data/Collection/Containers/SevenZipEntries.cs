using Pipeline.Data.Damages;
using SharpCompress.Archives.SevenZip;
using SharpCompress.Readers;

namespace Pipeline.Data.Collection.Containers;

/// <summary>Files of a 7z archive, in the order in which they are packed.</summary>
internal static class SevenZipEntries
{
    public static bool IsSevenZip(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]);

    public static IEnumerable<Entry> Read(Stream archive)
    {
        using var opened = SevenZipArchive.OpenArchive(archive, new ReaderOptions { LeaveStreamOpen = true });
        using var reader = opened.ExtractAllEntries();
        while (reader.MoveToNextEntry())
        {
            var entry = reader.Entry;
            if (entry.IsDirectory) continue;
            var path = entry.Key ?? "";
            if (entry.LinkTarget is not null) yield return Entry.Refused(path, DamageKind.Refused, "is a link.");
            else if (entry.IsEncrypted) yield return Entry.Refused(path, DamageKind.Refused, "is encrypted.");
            else yield return new(path, () => new CheckedStream(reader.OpenEntryStream(), () => (uint)entry.Crc));
        }
    }
}
