using System.Collections.Concurrent;
using System.Text.Json;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Caching;

/// <summary>Results and blobs, local first and then of a remote store where there is one. While that fails, what is local suffices; what was made meanwhile is sent when it answers again.</summary>
/// <param name="remote">Null for none.</param>
/// <param name="writes">Whether what is made here is put there.</param>
/// <param name="claims">What several machines use to do a step once; null where nothing is shared.</param>
/// <param name="notice">Told, once, that the store fails and why, and once that it answers again.</param>
public sealed class SharedCache(LocalStore blobs, ResultStore results, IRemoteStore? remote, bool writes, Claims? claims, Action<string> notice)
{
    private const int AtOnce = 16;

    /// <summary>From how many results on a second processor pays.</summary>
    private const int WorthThreads = 100;

    private readonly ConcurrentDictionary<string, StepResult?> asked = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> lost = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<StepResult> unsent = new();
    private int saidAway;
    private int saidBack;

    /// <summary>There is a remote store, and it answers as far as is known.</summary>
    public bool IsShared => remote is not null and not SteadyStore { IsLeftAlone: true };

    /// <summary>The remote store's, also when it stopped to answer; null where there is none.</summary>
    public string? Address => remote?.Address;

    /// <summary>Results that the remote store should have and has not.</summary>
    public int Unsent => unsent.Count;

    public bool Writes => writes;

    /// <summary>Takes the claim to a key. False with null: another machine holds it. True with null: there is nobody to share with.</summary>
    public async Task<(bool Free, Claim? Claim)> TryClaimAsync(string key, CancellationToken cancellation)
    {
        if (claims is null) return (true, null);
        return await Ask(
            async _ =>
            {
                var claim = await claims.TryTakeAsync(key, cancellation);
                return (claim is not null, claim);
            },
            otherwise: (true, null));
    }

    /// <summary>The result of a key whose blobs are here or, as far as is known, in the remote store.</summary>
    /// <param name="anew">Ask the remote store again, though it had none a moment ago.</param>
    public StepResult? Find(string key, bool anew = false)
    {
        if (results.Find(key) is { } local) return local;
        if (remote is null) return null;
        if (anew) asked.TryRemove(key, out _);
        var found = asked.GetOrAdd(key, k => ResultOf(k).GetAwaiter().GetResult());
        return found is not null && FilesOf(found).All(f => blobs.Has(f) || !lost.ContainsKey(f.Sha256)) ? found : null;
    }

    /// <summary>The result of a key, here or there, though its blobs may be gone: for telling what was.</summary>
    public StepResult? Read(string key) => !Sha256.IsDigest(key) ? null : results.Read(key) ?? (remote is null ? null : asked.GetOrAdd(key, k => ResultOf(k).GetAwaiter().GetResult()));

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
        var found = new ConcurrentBag<StepResult>();
        await Ask(
            async store =>
            {
                await Parallel.ForEachAsync(store.ListAsync("results/", cancellation), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (item, _) =>
                {
                    var key = Path.GetFileNameWithoutExtension(item.Name);
                    if (!Sha256.IsDigest(key) || results.Read(key) is not null) return;
                    if (!asked.TryGetValue(key, out var result)) asked[key] = result = await ResultOf(key);
                    if (result is not null) found.Add(result);
                });
                return true;
            },
            otherwise: false);
        return [.. found.OrderBy(r => r.Key, StringComparer.Ordinal)];
    }

    /// <summary>Whether files are here or, as far as is known, in the remote store.</summary>
    public bool HasAll(IEnumerable<ArtifactFile> files) => files.All(f => blobs.Has(f) || (IsShared && !lost.ContainsKey(f.Sha256)));

    /// <summary>The results that the remote store lists for a line.</summary>
    public IReadOnlyList<(long Horizon, string Key)> FindLine(string line) => Ask(
        async store =>
        {
            var found = new List<(long, string)>();
            await foreach (var entry in store.ListAsync($"{HorizonIndex.Shared}{line}/", CancellationToken.None))
            {
                if (HorizonIndex.Parse(Path.GetFileName(entry.Name)) is { } parsed) found.Add(parsed);
            }

            return found;
        },
        otherwise: []).GetAwaiter().GetResult();

    /// <summary>As <see cref="Find"/>, for many keys at once: those that have a result, with it.</summary>
    public IReadOnlyDictionary<string, StepResult> FindAll(IReadOnlyList<string> keys)
    {
        var found = new StepResult?[keys.Count];
        // What many results name is looked at once.
        var seen = new ConcurrentDictionary<string, ArtifactFile>(StringComparer.Ordinal);
        if (keys.Count < WorthThreads) for (var i = 0; i < keys.Count; i++) Look(i);
        else Parallel.For(0, keys.Count, Look);
        if (remote is not null) AskFor([.. Enumerable.Range(0, keys.Count).Where(i => found[i] is null)]);
        var byKey = new Dictionary<string, StepResult>(keys.Count, StringComparer.Ordinal);
        for (var i = 0; i < keys.Count; i++)
        {
            if (found[i] is { } result) byKey[keys[i]] = result;
        }

        return byKey;

        void AskFor(IReadOnlyList<int> missing)
        {
            Parallel.ForEachAsync(missing.Select(i => keys[i]).Where(k => !asked.ContainsKey(k)), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (key, _) => asked.TryAdd(key, await ResultOf(key))).GetAwaiter().GetResult();
            foreach (var i in missing) found[i] = Find(keys[i]);
        }

        void Look(int i) => found[i] = results.Find(keys[i], IsHere);

        bool IsHere(ArtifactFile file)
        {
            if (seen.TryGetValue(file.Sha256, out var other) && other.Size == file.Size) return true;
            if (!blobs.Has(file)) return false;
            seen.TryAdd(file.Sha256, file);
            return true;
        }
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

    /// <summary>Puts a result and its blobs into the remote store: blobs first, so that whoever sees the result finds them. Where that fails it is kept in mind for <see cref="PublishUnsentAsync"/>.</summary>
    /// <returns>Bytes sent: those of blobs that were not there.</returns>
    public async Task<long> PublishAsync(StepResult result, CancellationToken cancellation)
    {
        if (remote is null || !writes) return 0;
        if (await Ask(store => Send(store, result, cancellation), otherwise: -1) is >= 0 and var sent)
        {
            if (!unsent.IsEmpty) await PublishUnsentAsync(cancellation);
            return sent;
        }

        unsent.Enqueue(result);
        return 0;
    }

    /// <summary>Sends what was made while the store failed, if it answers by now.</summary>
    public async Task PublishUnsentAsync(CancellationToken cancellation)
    {
        while (IsShared && unsent.TryDequeue(out var result))
        {
            try
            {
                if (await Ask(store => Send(store, result, cancellation), otherwise: -1) >= 0) continue;
            }
            catch (DamagedBlobException)
            {
                // Lost here meanwhile: there is nothing to send any more.
                continue;
            }

            unsent.Enqueue(result);
            return;
        }
    }

    /// <summary>The names and digests of what a step read from outside, so that others can tell where its result came from.</summary>
    private async Task PublishSourcesAsync(IRemoteStore store, StepResult result, CancellationToken cancellation)
    {
        if (Recipe.SourcesOf(result.Recipe) is not { } sources) return;
        try
        {
            var path = blobs.Locate(new ArtifactFile("", 0, sources));
            await store.UploadAsync(NameOfBlob(sources), new FileInfo(path).Length, () => File.OpenRead(path), replace: false, cancellation);
        }
        catch (DamagedBlobException)
        {
            // The result is as good without it.
        }
    }

    internal static string NameOfBlob(string digest) => $"blobs/{digest[..2]}/{digest}";

    internal static string NameOfResult(string key) => $"results/{key[..2]}/{key}.json";

    private static IEnumerable<ArtifactFile> FilesOf(StepResult result) => result.Outputs.Values.SelectMany(o => o.Files);

    private async Task<long> Send(IRemoteStore store, StepResult result, CancellationToken cancellation)
    {
        long sent = 0;
        var stale = false;
        using var span = Instruments.Activities.StartActivity("publish");
        // A state that is lost here is none to share; the result is as good without it.
        var state = result.State is { } kept && kept.Files.All(blobs.Has) ? kept : null;
        await Parallel.ForEachAsync(FilesOf(result).Concat(state?.Files ?? []).DistinctBy(f => f.Sha256), new ParallelOptions { MaxDegreeOfParallelism = AtOnce / 2, CancellationToken = cancellation }, async (file, stop) =>
        {
            var replace = lost.ContainsKey(file.Sha256);
            stale |= replace;
            if (await store.UploadAsync(NameOfBlob(file.Sha256), file.Size, () => blobs.Open(file), replace, stop)) Interlocked.Add(ref sent, file.Size);
            lost.TryRemove(file.Sha256, out _);
        });
        await PublishSourcesAsync(store, result, cancellation);
        // A result whose blobs were gone may have named others than these.
        stale |= asked.TryGetValue(result.Key, out var there) && there is not null;
        if (state is not null) await store.PutAsync(HorizonIndex.Shared + HorizonIndex.NameOf(state, result.Key), ReadOnlyMemory<byte>.Empty, replace: false, cancellation);
        await store.PutAsync(NameOfResult(result.Key), ResultJson.Write(result), stale, cancellation);
        asked.TryRemove(result.Key, out _);
        span?.SetTag("pipeline.bytes", sent);
        Instruments.Uploaded.Add(sent);
        return sent;
    }

    private async Task<bool> Download(ArtifactFile file, CancellationToken cancellation)
    {
        if (!IsShared) return false;
        var place = blobs.PlaceForIncoming();
        try
        {
            if (!await Ask(store => store.DownloadAsync(NameOfBlob(file.Sha256), place, cancellation), otherwise: false)) return false;
            Instruments.Downloaded.Add(new FileInfo(place).Length);
            return blobs.TakeIfWhole(place, file.Sha256);
        }
        finally
        {
            File.Delete(place);
        }
    }

    private async Task<StepResult?> ResultOf(string key) =>
        await Ask(store => store.ReadAsync(NameOfResult(key), CancellationToken.None), otherwise: null) is { } bytes ? Checked(key, bytes) : null;

    /// <summary>A result that others wrote, or null where it contradicts itself: its recipe must make its key, and its files its digests.</summary>
    private static StepResult? Checked(string key, byte[] bytes)
    {
        try
        {
            var result = ResultJson.Read(bytes);
            return result?.Key == key
                && Sha256.Of(CanonicalJson.Bytes(result.Recipe)) == key
                && result.Upstream.All(Sha256.IsDigest)
                && result.Outputs.Values.All(o => IsWhole(o.Digest, o.Files)) && (result.State is not { } state || IsWhole(state.Digest, state.Files))
                && (result.WentOnFrom is not { } from || Sha256.IsDigest(from.Key)) ? result : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or NullReferenceException)
        {
            return null;
        }
    }

    private static bool IsWhole(string digest, IReadOnlyList<ArtifactFile> files) => files.All(f => Manifest.IsInside(f.Path) && Sha256.IsDigest(f.Sha256)) && new Manifest(files).Digest == digest;

    /// <summary>Asks the remote store, if there is one and it answers.</summary>
    private async Task<T> Ask<T>(Func<IRemoteStore, Task<T>> request, T otherwise)
    {
        if (remote is null || !IsShared) return otherwise;
        try
        {
            var answer = await request(remote);
            if (saidAway == 1 && Interlocked.Exchange(ref saidBack, 1) == 0) notice($"The store {Address} answers again.");
            return answer;
        }
        catch (RemoteStoreException e)
        {
            if (Interlocked.Exchange(ref saidAway, 1) == 0) notice($"{e.Message}. Going on with what is local.");
            return otherwise;
        }
    }
}
