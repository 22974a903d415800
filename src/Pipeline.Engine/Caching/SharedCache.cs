using System.Collections.Concurrent;
using System.Text.Json;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Caching;

/// <summary>Results and blobs, local first and then of a remote store where there is one. A store that fails is left alone for the rest of the run: what is local suffices.</summary>
/// <param name="remote">Null for none.</param>
/// <param name="writes">Whether what is made here is put there.</param>
/// <param name="claims">What several machines use to do a step once; null where nothing is shared.</param>
/// <param name="notice">Told, once, why the store is left alone.</param>
public sealed class SharedCache(LocalStore blobs, ResultStore results, IRemoteStore? remote, bool writes, Claims? claims, Action<string> notice)
{
    private const int AtOnce = 16;

    private readonly ConcurrentDictionary<string, StepResult?> asked = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> lost = new(StringComparer.Ordinal);
    private IRemoteStore? remote = remote;

    /// <summary>There is a remote store, and it answers.</summary>
    public bool IsShared => remote is not null;

    /// <summary>The remote store's, also when it stopped to answer; null where there is none.</summary>
    public string? Address { get; } = remote?.Address;

    public bool Writes => writes;

    /// <summary>Takes the claim to a key. False with null: another machine holds it. True with null: there is nobody to share with.</summary>
    public async Task<(bool Free, Claim? Claim)> TryClaimAsync(string key, CancellationToken cancellation)
    {
        if (claims is null || remote is null) return (true, null);
        try
        {
            var claim = await claims.TryTakeAsync(key, cancellation);
            return (claim is not null, claim);
        }
        catch (RemoteStoreException e)
        {
            GiveUp(e);
            return (true, null);
        }
    }

    /// <summary>The result of a key whose blobs are here or, as far as is known, in the remote store.</summary>
    /// <param name="anew">Ask the remote store again, though it had none a moment ago.</param>
    public StepResult? Find(string key, bool anew = false)
    {
        if (results.Find(key) is { } local) return local;
        if (remote is null) return null;
        if (anew) asked.TryRemove(key, out _);
        var found = asked.GetOrAdd(key, k => Ask(k).GetAwaiter().GetResult());
        return found is not null && FilesOf(found).All(f => blobs.Has(f) || !lost.ContainsKey(f.Sha256)) ? found : null;
    }

    /// <summary>The result of a key, here or there, though its blobs may be gone: for telling what was.</summary>
    public StepResult? Read(string key) => results.Read(key) ?? (remote is null ? null : asked.GetOrAdd(key, k => Ask(k).GetAwaiter().GetResult()));

    /// <summary>A manifest that a recipe names, such as that of its source files; null where neither store has it whole.</summary>
    public async Task<Manifest?> ReadManifestAsync(string digest, CancellationToken cancellation)
    {
        for (var fetched = false; ; fetched = true)
        {
            try
            {
                return blobs.ReadManifest(digest);
            }
            catch (Exception e) when (e is DamagedBlobException or InvalidDataException)
            {
                if (fetched || !await Download(new ArtifactFile("", 0, digest), cancellation)) return null;
            }
        }
    }

    /// <summary>Every result of the remote store that is not here: a request each.</summary>
    public async Task<IReadOnlyList<StepResult>> ReadAllOfRemoteAsync(CancellationToken cancellation)
    {
        if (remote is not { } store) return [];
        var found = new ConcurrentBag<StepResult>();
        try
        {
            await Parallel.ForEachAsync(store.ListAsync("results/", cancellation), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (item, _) =>
            {
                var key = Path.GetFileNameWithoutExtension(item.Name);
                if (!Sha256.IsDigest(key) || results.Read(key) is not null) return;
                if (!asked.TryGetValue(key, out var result)) asked[key] = result = await Ask(key);
                if (result is not null) found.Add(result);
            });
        }
        catch (RemoteStoreException e)
        {
            GiveUp(e);
        }

        return [.. found.OrderBy(r => r.Key, StringComparer.Ordinal)];
    }

    /// <summary>Asks the remote store for many keys at once, for <see cref="Find"/> to answer.</summary>
    public void Prefetch(IEnumerable<string> keys)
    {
        if (remote is null) return;
        var unknown = keys.Where(k => !asked.ContainsKey(k) && results.Find(k) is null).ToList();
        Parallel.ForEach(unknown, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, key => asked.GetOrAdd(key, k => Ask(k).GetAwaiter().GetResult()));
    }

    /// <summary>Keeps a result of the remote store here, so that it can be shown and explained without it.</summary>
    public void Keep(StepResult result)
    {
        if (asked.ContainsKey(result.Key) && results.Read(result.Key) is null) results.Write(result);
    }

    /// <summary>Makes sure that files are in the local store.</summary>
    /// <exception cref="DamagedBlobException">One is nowhere, or is damaged wherever it is.</exception>
    public async Task FetchAsync(IEnumerable<ArtifactFile> files, CancellationToken cancellation)
    {
        var missing = files.Where(f => !blobs.Has(f)).DistinctBy(f => f.Sha256).ToList();
        if (missing.Count == 0) return;
        using var span = Instruments.Activities.StartActivity("fetch")?.SetTag("pipeline.files", missing.Count).SetTag("pipeline.bytes", missing.Sum(f => f.Size));
        await Parallel.ForEachAsync(missing, new ParallelOptions { MaxDegreeOfParallelism = AtOnce / 2, CancellationToken = cancellation }, async (file, stop) =>
        {
            if (await Download(file, stop)) return;
            lost[file.Sha256] = true;
            throw new DamagedBlobException(file.Sha256, $"The blob {file.Sha256} ('{file.Path}') is neither here nor whole in {remote?.Address ?? "any store"}; the step that made it has to run again.");
        });
    }

    /// <summary>Puts a result and its blobs into the remote store: blobs first, so that whoever sees the result finds them.</summary>
    /// <returns>Bytes sent: those of blobs that were not there.</returns>
    public async Task<long> PublishAsync(StepResult result, CancellationToken cancellation)
    {
        if (remote is not { } store || !writes) return 0;
        long sent = 0;
        using var span = Instruments.Activities.StartActivity("publish");
        try
        {
            var stale = false;
            await Parallel.ForEachAsync(FilesOf(result).DistinctBy(f => f.Sha256), new ParallelOptions { MaxDegreeOfParallelism = AtOnce / 2, CancellationToken = cancellation }, async (file, stop) =>
            {
                var replace = lost.TryRemove(file.Sha256, out _);
                stale |= replace;
                if (await store.UploadAsync(NameOfBlob(file.Sha256), blobs.Locate(file), replace, stop)) Interlocked.Add(ref sent, file.Size);
            });
            await PublishSourcesAsync(store, result, cancellation);
            // A result whose blobs were gone may have named others than these.
            stale |= asked.TryRemove(result.Key, out var there) && there is not null;
            await store.PutAsync(NameOfResult(result.Key), JsonSerializer.SerializeToUtf8Bytes(result, ResultJson.Default.StepResult), stale, cancellation);
        }
        catch (RemoteStoreException e)
        {
            GiveUp(e);
        }

        span?.SetTag("pipeline.bytes", sent);
        Instruments.Uploaded.Add(sent);
        return sent;
    }

    /// <summary>The names and digests of what a step read from outside, so that others can tell where its result came from.</summary>
    private async Task PublishSourcesAsync(IRemoteStore store, StepResult result, CancellationToken cancellation)
    {
        if (Recipe.SourcesOf(result.Recipe) is not { } sources) return;
        try
        {
            await store.UploadAsync(NameOfBlob(sources), blobs.Locate(new ArtifactFile("", 0, sources)), replace: false, cancellation);
        }
        catch (DamagedBlobException)
        {
            // The result is as good without it.
        }
    }

    internal static string NameOfBlob(string digest) => $"blobs/{digest[..2]}/{digest}";

    internal static string NameOfResult(string key) => $"results/{key[..2]}/{key}.json";

    private static IEnumerable<ArtifactFile> FilesOf(StepResult result) => result.Outputs.Values.SelectMany(o => o.Files);

    private async Task<bool> Download(ArtifactFile file, CancellationToken cancellation)
    {
        if (remote is not { } store) return false;
        var place = blobs.PlaceForIncoming();
        try
        {
            if (!await store.DownloadAsync(NameOfBlob(file.Sha256), place, cancellation)) return false;
            Instruments.Downloaded.Add(new FileInfo(place).Length);
            return blobs.TakeIfWhole(place, file.Sha256);
        }
        catch (RemoteStoreException e)
        {
            GiveUp(e);
            return false;
        }
        finally
        {
            File.Delete(place);
        }
    }

    private async Task<StepResult?> Ask(string key)
    {
        if (remote is not { } store) return null;
        try
        {
            return await store.ReadAsync(NameOfResult(key), CancellationToken.None) is { } bytes ? Checked(key, bytes) : null;
        }
        catch (RemoteStoreException e)
        {
            GiveUp(e);
            return null;
        }
    }

    /// <summary>A result that others wrote, or null where it contradicts itself: its recipe must make its key, and its files its digests.</summary>
    private static StepResult? Checked(string key, byte[] bytes)
    {
        try
        {
            var result = JsonSerializer.Deserialize(bytes, ResultJson.Default.StepResult);
            return result?.Key == key
                && Sha256.Of(CanonicalJson.Bytes(result.Recipe)) == key
                && result.Outputs.Values.All(o => o.Files.All(f => Manifest.IsInside(f.Path) && Sha256.IsDigest(f.Sha256)) && new Manifest(o.Files).Digest == o.Digest) ? result : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or NullReferenceException)
        {
            return null;
        }
    }

    private void GiveUp(RemoteStoreException e)
    {
        if (Interlocked.Exchange(ref remote, null) is null) return;
        notice($"{e.Message}. Going on with what is local.");
    }
}
