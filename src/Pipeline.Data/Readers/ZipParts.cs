using System.IO.Compression;

namespace Pipeline.Data.Readers;

/// <summary>The parts of a document that is a zip, each by its name within; nothing is written to disk, and no more is unpacked than a document can have.</summary>
internal sealed class ZipParts : IDisposable
{
    private const int MostEntries = 20_000;
    private const long MostBytes = 512L << 20;

    private readonly ZipArchive archive;
    private readonly Dictionary<string, ZipArchiveEntry> entries = new(StringComparer.OrdinalIgnoreCase);
    private long left = MostBytes;

    /// <exception cref="InvalidDataException">It is no zip, or a truncated one.</exception>
    public ZipParts(byte[] content)
    {
        archive = new(new MemoryStream(content), ZipArchiveMode.Read);
        if (archive.Entries.Count > MostEntries) throw new InvalidDataException($"holds {archive.Entries.Count} entries, more than the {MostEntries} a document has");
        foreach (var entry in archive.Entries) entries.TryAdd(entry.FullName.Replace('\\', '/'), entry);
    }

    public bool Has(string name) => entries.ContainsKey(name);

    /// <exception cref="InvalidDataException">There is none of that name, it is damaged, or it unpacks to more than a document has.</exception>
    public byte[] Read(string name)
    {
        if (!entries.TryGetValue(name, out var entry)) throw new InvalidDataException($"has no part {name}");
        using var stream = entry.Open();
        using var copy = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if ((left -= read) < 0) throw new InvalidDataException($"unpacks to more than {MostBytes >> 20} MiB");
            copy.Write(buffer, 0, read);
        }

        return copy.ToArray();
    }

    public void Dispose() => archive.Dispose();

    /// <summary>A reference in a part as the name of the part it means: relative to its folder, percent-decoded, without a fragment.</summary>
    public static string Resolve(string from, string reference)
    {
        var path = Uri.UnescapeDataString(reference.Split('#')[0]);
        var parts = new List<string>(path.StartsWith('/') ? [] : from.Split('/')[..^1]);
        foreach (var part in path.Split('/'))
        {
            if (part == ".." && parts.Count > 0) parts.RemoveAt(parts.Count - 1);
            else if (part is not ("" or "." or "..")) parts.Add(part);
        }

        return string.Join('/', parts);
    }
}
