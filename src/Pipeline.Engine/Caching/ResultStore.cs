using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Caching;

/// <summary>Cache key to result: one small file each, written atomically.</summary>
/// <param name="horizons">Told of results that a longer run can go on from; null where nobody asks.</param>
public sealed class ResultStore(string root, LocalStore blobs, HorizonIndex? horizons = null)
{
    /// <summary>The result of a key, or null where there is none, where its file is damaged, or where a blob it names is gone.</summary>
    public StepResult? Find(string key) => Find(key, blobs.Has);

    /// <param name="isHere">Whether a blob is in the store.</param>
    internal StepResult? Find(string key, Func<ArtifactFile, bool> isHere)
    {
        var result = Read(key);
        return result is not null && result.Outputs.Values.All(o => o.Files.All(isHere)) ? result : null;
    }

    /// <summary>The result of a key though its blobs may be gone: for explaining what was.</summary>
    public StepResult? Read(string key)
    {
        var path = PathOf(key);
        if (!File.Exists(path)) return null;
        var result = ResultJson.Read(File.ReadAllBytes(path));
        return result?.Key == key ? result : null;
    }

    public void Write(StepResult result)
    {
        if (result.State is { } state) horizons?.Add(state, result.Key);
        var path = PathOf(result.Key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, ResultJson.Write(result));
    }

    public IEnumerable<(string Key, DateTime Written)> All() =>
        from file in Directory.Exists(root) ? new DirectoryInfo(root).EnumerateFiles("*.json", SearchOption.AllDirectories) : []
        let key = Path.GetFileNameWithoutExtension(file.Name)
        where Sha256.IsDigest(key)
        select (key, file.LastWriteTimeUtc);

    public void Delete(string key) => File.Delete(PathOf(key));

    private string PathOf(string key) => Path.Combine(root, key[..2], key + ".json");
}
