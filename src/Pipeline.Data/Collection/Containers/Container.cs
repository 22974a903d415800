using Pipeline.Data.Damages;
using SharpCompress.Compressors;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.ZStandard;

namespace Pipeline.Data.Collection.Containers;

/// <param name="Extensions">What a file's name ends with, and what takes its place for the file inside.</param>
/// <param name="Seeks">Its reader needs a stream that can seek.</param>
internal sealed record Container(string Name, IReadOnlyList<(string Outer, string Inner)> Extensions, Sniffer Sniff, bool Seeks, Func<Stream, ReadLimits, IEnumerable<Entry>> Read)
{
    /// <summary>Every kind of file that holds other files.</summary>
    public static IReadOnlyList<Container> All { get; } =
    [
        new("gzip", [(".gz", ""), (".tgz", ".tar")], head => head.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b, 8]), Seeks: false, One(s => new GzipMembers(s))),
        new("zip", [(".zip", "")], ZipEntries.IsZip, Seeks: true, ZipEntries.Read),
        new("bzip2", [(".bz2", ""), (".tbz2", ".tar")], head => head.StartsWith("BZh"u8), Seeks: false, One(s => new CheckedStream(BZip2Stream.Create(s, CompressionMode.Decompress, decompressConcatenated: true, leaveOpen: true)))),
        new("xz", [(".xz", ""), (".txz", ".tar")], XzStreams.IsXz, Seeks: false, One(s => new CheckedStream(new XzStreams(s)))),
        new("zstd", [(".zst", ""), (".tzst", ".tar")], head => head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]), Seeks: false, One(s => new CheckedStream(new DecompressionStream(s)))),
        new("7z", [(".7z", "")], SevenZipEntries.IsSevenZip, Seeks: true, (stream, _) => SevenZipEntries.Read(stream)),
        new("tar", [(".tar", "")], TarEntries.IsTar, Seeks: false, (stream, _) => TarEntries.Read(stream)),
    ];

    /// <summary>The one that a name claims to be, and the name without its ending; null for other names.</summary>
    public static (Container Container, string Inner)? Named(string name)
    {
        foreach (var container in All)
        {
            foreach (var (outer, inner) in container.Extensions)
            {
                if (name.EndsWith(outer, StringComparison.OrdinalIgnoreCase)) return (container, name[..^outer.Length] + inner);
            }
        }

        return null;
    }

    private static Func<Stream, ReadLimits, IEnumerable<Entry>> One(Func<Stream, Stream> unpack) => (stream, _) => [new(null, () => unpack(stream))];
}
