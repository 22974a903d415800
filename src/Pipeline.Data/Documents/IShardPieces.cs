namespace Pipeline.Data.Documents;

/// <summary>Keeps what was made of shards, so that neither an interrupted run nor the next one makes it again. May be used from several threads.</summary>
public interface IShardPieces
{
    /// <summary>What <paramref name="make"/> gives, or gave an earlier run under the same key; returns how to read it.</summary>
    /// <param name="part">What it is, in a word.</param>
    /// <param name="key">All that the bytes follow from, but for the step's own options.</param>
    Task<Func<Task<byte[]>>> BytesAsync(string part, string key, Func<Task<byte[]>> make);

    /// <summary>The same for a shard that is made of another one.</summary>
    /// <param name="make">Gives what is known of it and the path where it wrote it, or no path where no document is left.</param>
    Task<(TFacts Facts, DocumentShard? Shard)> ShardAsync<TFacts>(string name, string key, Func<Task<(TFacts Facts, string? Path)>> make);

    /// <summary>The path of a file that lasts as long as the work, for the process that goes on with it after a kill and for others that share it. Whether it is whole its reader has to see: it deletes a damaged one and asks again.</summary>
    /// <param name="whole">Of several processes the first makes it, and the others wait as long as it takes.</param>
    /// <param name="make">Writes it to the path given.</param>
    Task<string> KeepAsync(string part, string key, bool whole, Func<string, Task> make);

    bool IsKept(string part, string key);
}

/// <summary>Makes everything when it is asked for and keeps it as long as the process lives.</summary>
/// <param name="folder">For files that are kept.</param>
public sealed class NoPieces(string folder) : IShardPieces
{
    private int files;

    public async Task<string> KeepAsync(string part, string key, bool whole, Func<string, Task> make)
    {
        var path = Path.Combine(folder, $"{part}-{Interlocked.Increment(ref files)}");
        await make(path);
        return path;
    }

    public bool IsKept(string part, string key) => false;

    public async Task<Func<Task<byte[]>>> BytesAsync(string part, string key, Func<Task<byte[]>> make)
    {
        var made = Task.FromResult(await make());
        return () => made;
    }

    public async Task<(TFacts Facts, DocumentShard? Shard)> ShardAsync<TFacts>(string name, string key, Func<Task<(TFacts Facts, string? Path)>> make)
    {
        var (facts, path) = await make();
        return (facts, path is null ? null : new(name, path, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))));
    }
}
