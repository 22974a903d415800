using System.Text;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Caching;

/// <summary>Trials of searches that failed by their recipe alone, a file each by cache key, so that they are not tried again.</summary>
public sealed class Divergences(string root)
{
    public void Add(string key, string message)
    {
        Directory.CreateDirectory(root);
        AtomicFile.Write(Path.Combine(root, key), Encoding.UTF8.GetBytes(message));
    }

    /// <summary>What it said then, or null.</summary>
    public string? Find(string key) => Path.Combine(root, key) is var file && File.Exists(file) ? File.ReadAllText(file) : null;
}
