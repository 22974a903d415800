namespace Pipeline.Data.Collection.Containers;

/// <param name="Extensions">What a file's name ends with, and what takes its place for the file inside.</param>
/// <param name="Seeks">Its reader needs a stream that can seek.</param>
internal sealed record Container(string Name, IReadOnlyList<(string Outer, string Inner)> Extensions, Sniffer Sniff, bool Seeks, Func<Stream, ReadLimits, IEnumerable<Entry>> Read)
{
    /// <summary>Every kind of file that holds other files.</summary>
    public static IReadOnlyList<Container> All { get; } =
    [
        new("gzip", [(".gz", ""), (".tgz", ".tar")], head => head.StartsWith("\x1f\x8b\x08"u8), Seeks: false, One(s => new GzipMembers(s))),
        new("zip", [(".zip", "")], ZipEntries.IsZip, Seeks: true, ZipEntries.Read),
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
