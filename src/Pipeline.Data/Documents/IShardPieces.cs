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
}

/// <summary>Makes everything when it is asked for and keeps it as long as the process lives.</summary>
public sealed class NoPieces : IShardPieces
{
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
