using Pipeline.Engine.Caching;
using Pipeline.Engine.Registry;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution;

/// <summary>As <see cref="GarbageCollection"/>, in a shared store. It takes no lock: what others write meanwhile is younger than any age, and a result that loses a blob all the same is a miss.</summary>
public static class RemoteGarbage
{
    private const int AtOnce = 16;

    /// <summary>Nothing younger than this is removed, whatever the caller says: a machine may have put blobs there whose result is still to come.</summary>
    public static readonly TimeSpan Youngest = TimeSpan.FromHours(1);

    /// <summary>Keeps what <paramref name="locks"/> (texts of lock files), this machine's latest runs and the registry name, and all that was written later than <paramref name="age"/> ago by the store's clock.</summary>
    /// <exception cref="RemoteStoreException">The store cannot be reached or refuses.</exception>
    public static async Task<GarbageFound> CollectAsync(IRemoteStore store, EngineState state, IEnumerable<string> locks, TimeSpan age, bool dryRun, CancellationToken cancellation)
    {
        var before = await NowAsync(store, cancellation) - (age < Youngest ? Youngest : age);
        var (promoted, kept) = await RegisteredBlobs.OfAsync(store, cancellation);
        var roots = GarbageCollection.KeysOfHistory(state.Folder).Concat(locks.SelectMany(GarbageCollection.KeysOfLock)).Concat(promoted).ToHashSet(StringComparer.Ordinal);
        var results = await ListAsync(store, "results/", cancellation);
        // Blobs after results: one that a result of the first list names is in the second, or was there before and is gone already.
        var blobs = await ListAsync(store, "blobs/", cancellation);
        var dead = results.Where(r => r.Written < before && !roots.Contains(Path.GetFileNameWithoutExtension(r.Name))).ToList();
        await Parallel.ForEachAsync(results.Except(dead), Parallelism(cancellation), async (result, stop) =>
        {
            if (await store.ReadAsync(result.Name, stop) is not { } bytes || ResultJson.Read(bytes) is not { } parsed) return;
            lock (kept) GarbageCollection.Mark(parsed, kept);
        });
        var orphans = blobs.Where(b => b.Written < before && !kept.Contains(Path.GetFileName(b.Name))).ToList();
        var gone = dead.Select(r => Path.GetFileNameWithoutExtension(r.Name)).ToHashSet(StringComparer.Ordinal);
        var entries = (await ListAsync(store, HorizonIndex.Shared, cancellation)).Where(e => e.Written < before && HorizonIndex.Parse(Path.GetFileName(e.Name)) is { } entry && gone.Contains(entry.Key)).ToList();
        var claims = (await ListAsync(store, "claims/", cancellation)).Where(c => c.Written < before).ToList();
        if (!dryRun)
        {
            // Results first: nobody is to find one whose blobs are going.
            foreach (var part in new[] { dead, entries, orphans, claims })
                await Parallel.ForEachAsync(part, Parallelism(cancellation), async (found, stop) => await store.DeleteAsync(found.Name, stop));
        }

        return new(dead.Count, orphans.Count, 0, orphans.Sum(b => b.Size), claims.Count);
    }

    /// <summary>What time it is for the store, which stamps what is written: this machine's clock may be years away.</summary>
    private static async Task<DateTimeOffset> NowAsync(IRemoteStore store, CancellationToken cancellation)
    {
        var name = $"gc/{UniqueName.Next()}";
        try
        {
            await store.PutAsync(name, ReadOnlyMemory<byte>.Empty, replace: true, cancellation);
            return (await ListAsync(store, name, cancellation)).Single().Written;
        }
        finally
        {
            await store.DeleteAsync(name, CancellationToken.None);
        }
    }

    private static ParallelOptions Parallelism(CancellationToken cancellation) => new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };

    private static async Task<List<RemoteObject>> ListAsync(IRemoteStore store, string prefix, CancellationToken cancellation)
    {
        var found = new List<RemoteObject>();
        await foreach (var item in store.ListAsync(prefix, cancellation)) found.Add(item);
        return found;
    }
}
