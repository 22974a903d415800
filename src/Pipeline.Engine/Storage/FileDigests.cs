using System.Collections.Concurrent;
using System.Text;

namespace Pipeline.Engine.Storage;

/// <summary>Digests of files outside the store, remembered by path, size and time of last change so that a file is read once.</summary>
public sealed class FileDigests(string cacheFile, TimeProvider clock)
{
    /// <summary>A file changed this recently may change again without its time showing it.</summary>
    private static readonly TimeSpan Racy = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, (long Size, long Changed, string Sha256)> known = Load(cacheFile);
    private readonly ConcurrentQueue<string> fresh = new();

    public string Of(FileInfo file)
    {
        var stamp = (file.Length, file.LastWriteTimeUtc.Ticks);
        if (known.TryGetValue(file.FullName, out var entry) && (entry.Size, entry.Changed) == stamp) return entry.Sha256;
        var digest = Sha256.OfFile(file.FullName);
        if (clock.GetUtcNow().UtcDateTime - file.LastWriteTimeUtc > Racy && !file.FullName.AsSpan().ContainsAny('\t', '\n'))
        {
            known[file.FullName] = (stamp.Length, stamp.Ticks, digest);
            fresh.Enqueue($"{digest}\t{stamp.Length}\t{stamp.Ticks}\t{file.FullName}\n");
        }

        return digest;
    }

    /// <summary>Appends what was learnt. One write, so that runs beside this one do not tear it.</summary>
    public void Save()
    {
        if (fresh.IsEmpty) return;
        Directory.CreateDirectory(Path.GetDirectoryName(cacheFile)!);
        var text = new StringBuilder();
        while (fresh.TryDequeue(out var line)) text.Append(line);
        using var stream = new FileStream(cacheFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 1);
        stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static ConcurrentDictionary<string, (long, long, string)> Load(string file)
    {
        var known = new ConcurrentDictionary<string, (long, long, string)>();
        if (!File.Exists(file)) return known;
        foreach (var line in File.ReadLines(file))
        {
            // A torn last line is simply not known.
            var parts = line.Split('\t');
            if (parts.Length == 4 && Sha256.IsDigest(parts[0]) && long.TryParse(parts[1], out var size) && long.TryParse(parts[2], out var changed))
                known[parts[3]] = (size, changed, parts[0]);
        }

        return known;
    }
}
