using System.Collections.Concurrent;
using System.Text;

namespace Pipeline.Engine.Storage;

/// <summary>Digests of files outside the store, remembered by path, size and time of last change so that a file is read once.</summary>
public sealed class FileDigests(string cacheFile, TimeProvider clock)
{
    /// <summary>A file changed this recently may change again without its time showing it.</summary>
    private static readonly TimeSpan Racy = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, (long Size, long Changed, string Sha256)> known = Load(cacheFile);
    private volatile bool learnt;

    public string Of(FileInfo file)
    {
        var stamp = (file.Length, file.LastWriteTimeUtc.Ticks);
        if (known.TryGetValue(file.FullName, out var entry) && (entry.Size, entry.Changed) == stamp) return entry.Sha256;
        var digest = Sha256.OfFile(file.FullName);
        if (clock.GetUtcNow().UtcDateTime - file.LastWriteTimeUtc > Racy && !file.FullName.AsSpan().ContainsAny('\t', '\n'))
        {
            known[file.FullName] = (stamp.Length, stamp.Ticks, digest);
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
        foreach (var (path, entry) in known.OrderBy(k => k.Key, StringComparer.Ordinal)) text.Append($"{entry.Sha256}\t{entry.Size}\t{entry.Changed}\t{path}\n");
        Directory.CreateDirectory(Path.GetDirectoryName(cacheFile)!);
        AtomicFile.Write(cacheFile, text.ToString());
    }

    private static ConcurrentDictionary<string, (long, long, string)> Load(string file)
    {
        var known = new ConcurrentDictionary<string, (long, long, string)>();
        if (!File.Exists(file)) return known;
        foreach (var line in File.ReadLines(file))
        {
            // A line that is not what it should be is simply not known.
            var parts = line.Split('\t');
            if (parts.Length == 4 && Sha256.IsDigest(parts[0]) && long.TryParse(parts[1], out var size) && long.TryParse(parts[2], out var changed))
                known[parts[3]] = (size, changed, parts[0]);
        }

        return known;
    }
}
