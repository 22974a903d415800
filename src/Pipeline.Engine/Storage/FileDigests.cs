using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Pipeline.Engine.Storage;

/// <summary>Digests of files outside the store, remembered by path, size and time of last change so that a file is read once.</summary>
public sealed class FileDigests(string cacheFile, TimeProvider clock)
{
    /// <summary>A file changed this recently may change again without its time showing it.</summary>
    private static readonly TimeSpan Racy = TimeSpan.FromSeconds(2);

    private sealed record Known(long Size, long Changed, string Sha256);

    // Most verbs and many pipelines never ask.
    private readonly Lazy<ConcurrentDictionary<string, Known>> known = new(() => Load(cacheFile));
    private volatile bool learnt;

    internal string Of(FoundFile file)
    {
        // Nor is it opened: it may be no file.
        if (file.Size == 0) return Sha256.Of([]);
        if (known.Value.TryGetValue(file.Path, out var entry) && entry.Size == file.Size && entry.Changed == file.Changed) return entry.Sha256;
        var digest = Sha256.OfFile(file.Path);
        if (clock.GetUtcNow().UtcTicks - file.Changed > Racy.Ticks && !file.Path.AsSpan().ContainsAny('\t', '\n'))
        {
            known.Value[file.Path] = new(file.Size, file.Changed, digest);
            learnt = true;
        }

        return digest;
    }

    /// <summary>Keeps what was learnt. Of two runs at once the last one's knowledge stays: the file is only a shortcut.</summary>
    public void Save()
    {
        if (!learnt) return;
        learnt = false;
        var text = new StringBuilder();
        foreach (var (path, entry) in known.Value.OrderBy(k => k.Key, StringComparer.Ordinal)) text.Append(CultureInfo.InvariantCulture, $"{entry.Sha256}\t{entry.Size}\t{entry.Changed}\t{path}\n");
        Directory.CreateDirectory(Path.GetDirectoryName(cacheFile)!);
        AtomicFile.Write(cacheFile, text.ToString());
    }

    private static ConcurrentDictionary<string, Known> Load(string file)
    {
        var known = new ConcurrentDictionary<string, Known>();
        if (!File.Exists(file)) return known;
        Span<Range> parts = stackalloc Range[4];
        foreach (var line in File.ReadAllText(file).AsSpan().EnumerateLines())
        {
            // A line that is not what it should be is simply not known.
            if (line.Split(parts, '\t') == 4 && line[parts[0]].ToString() is var digest && Sha256.IsDigest(digest)
                && long.TryParse(line[parts[1]], CultureInfo.InvariantCulture, out var size) && long.TryParse(line[parts[2]], CultureInfo.InvariantCulture, out var changed))
                known[line[parts[3]].ToString()] = new(size, changed, digest);
        }

        return known;
    }
}
