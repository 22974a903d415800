using System.Text.Json;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Registry;

/// <summary>What garbage collection must leave: every version of every model can be rolled back to.</summary>
public static class RegisteredBlobs
{
    /// <summary>Keys of results and digests of blobs that versions name.</summary>
    /// <exception cref="RegistryException">An entry cannot be read: what it names would be removed.</exception>
    public static async Task<(HashSet<string> Keys, HashSet<string> Blobs)> OfAsync(IRemoteStore store, CancellationToken cancellation)
    {
        var (keys, blobs) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        await foreach (var found in store.ListAsync("models/", cancellation))
        {
            if (found.Name.Split('/') is not [_, _, ModelReference.VersionsFolder, _] || await store.ReadAsync(found.Name, cancellation) is not { } bytes) continue;
            try
            {
                if (JsonSerializer.Deserialize(bytes, RegistryJson.Default.ModelVersion) is not { Files: not null, Key: not null, Digest: not null } version || version.Files.Any(f => f?.Sha256 is null)) throw new JsonException("it is no version of a model");
                keys.Add(version.Key);
                blobs.Add(version.Digest);
                blobs.UnionWith(version.Files.Select(f => f.Sha256));
            }
            catch (JsonException e)
            {
                throw new RegistryException($"{found.Name} in {store.Address} is damaged, and what it names must not be removed; mend or delete it, then collect: {e.Message}");
            }
        }

        return (keys, blobs);
    }
}
