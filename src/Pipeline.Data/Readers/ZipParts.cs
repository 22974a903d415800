using System.IO.Compression;
using Pipeline.Data.Damages;

namespace Pipeline.Data.Readers;

/// <summary>The parts of a document that is a zip, each by its name within; nothing is written to disk, and no more is unpacked than a document can have.</summary>
internal sealed class ZipParts : IDisposable
{
    private readonly ZipArchive? archive;
    private readonly List<string> names = [];
    private readonly Dictionary<string, Func<Stream>> parts = new(StringComparer.OrdinalIgnoreCase);
    private readonly ReadLimits limits;
    private readonly long most;
    private long unpacked;

    /// <exception cref="InvalidDataException">It is no zip, or one of which nothing is left.</exception>
    public ZipParts(byte[] content, ReadLimits limits)
    {
        (this.limits, most) = (limits, limits.MostUnpacked(content.Length));
        try
        {
            archive = new(new MemoryStream(content), ZipArchiveMode.Read);
            foreach (var entry in archive.Entries) Add(entry.FullName, () => new CheckedStream(entry.Open(), () => entry.Crc32));
        }
        catch (Exception e) when (e is not (OutOfMemoryException or RefusedException) && content.AsSpan().StartsWith("PK\u0003\u0004"u8))
        {
            IsTruncated = true;
            foreach (var (name, open) in LocalZipParts.Find(content)) Add(name, open);
        }
    }

    /// <summary>Its directory is lost: there are the parts that were found without it, and the last of them may be cut off.</summary>
    public bool IsTruncated { get; }

    /// <summary>In the order in which they are packed.</summary>
    public IReadOnlyList<string> Names => names;

    public bool Has(string name) => parts.ContainsKey(name);

    /// <exception cref="InvalidDataException">There is none of that name, or it is damaged.</exception>
    public byte[] Read(string name) => ReadOn(name) is (var content, null) ? content : throw new InvalidDataException($"its part {name} is damaged");

    /// <summary>A part as far as it can be read, and whether that is not all of it.</summary>
    /// <exception cref="InvalidDataException">There is none of that name.</exception>
    /// <exception cref="RefusedException">It goes beyond a limit.</exception>
    public (byte[] Content, string? Fault) ReadOn(string name)
    {
        if (!parts.TryGetValue(name, out var open)) throw new InvalidDataException($"has no part {name}");
        using var copy = new MemoryStream();
        try
        {
            using var stream = open();
            var buffer = new byte[1 << 16];
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                if ((unpacked += read) > most) throw OverLimit.Unpacked(limits, most);
                if (copy.Length + read > limits.FileBytes) throw OverLimit.File(limits, $"has a part {name} of more than {limits.FileBytes} bytes");
                copy.Write(buffer, 0, read);
            }
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException)
        {
            return (copy.ToArray(), "is cut off or damaged");
        }

        return (copy.ToArray(), null);
    }

    public void Dispose() => archive?.Dispose();

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

    private void Add(string path, Func<Stream> open)
    {
        var name = path.Replace('\\', '/');
        if (names.Count == limits.Entries) throw OverLimit.Entries(limits, isLast: true);
        if (parts.TryAdd(name, open)) names.Add(name);
    }
}
