using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Caching;

/// <summary>
/// Who does which step, among machines that share a store. A claim is an object of its holder's own under <c>claims/KEY.</c>: it is written, and held if it is then alone there.
/// Of any two, one listed after both had written, so both never hold. Nothing is asked of the store but that a listing shows every write that ended before it.
/// </summary>
/// <param name="holder">Names this machine's state folder; within that, a file lock has seen to it that one process asks.</param>
/// <param name="lease">A claim that has not changed for so long, by this machine's own monotonic clock, is of a dead holder.</param>
public sealed class Claims(IRemoteStore store, Func<string> holder, TimeSpan lease, TimeProvider clock)
{
    private const string Variable = "PIPELINE_LEASE_SECONDS";
    private const int BeatsPerLease = 4;
    private const int Tries = 8;

    private readonly ConcurrentDictionary<string, (string Version, long Since)> watched = new(StringComparer.Ordinal);

    /// <summary>60 s, or what PIPELINE_LEASE_SECONDS says.</summary>
    public static TimeSpan LeaseFromEnvironment() =>
        double.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0.2 and <= 86400
            ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromSeconds(60);

    /// <summary>The claim to a key, or null where another holds it now: ask again later.</summary>
    public async Task<Claim?> TryTakeAsync(string key, CancellationToken cancellation)
    {
        // Not a folder for each key: file systems would be left with one for every step that ever ran.
        var ofKey = $"claims/{key}.";
        var mine = ofKey + holder();
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            if (await OthersAsync(ofKey, mine, cancellation)) return null;
            if (await IsAloneAfterWriting(ofKey, mine, cancellation)) return new Claim(store, mine, beat => WriteAsync(mine, beat, CancellationToken.None), lease / BeatsPerLease, clock);
            // Chance, so that two do not withdraw and come back in step.
            await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(20, 100) * attempt), clock, cancellation);
        }

        return null;
    }

    /// <summary>Writes a claim, which stays if it is alone and is withdrawn otherwise, also where the store fails meanwhile: nobody would keep it alive, and others would wait for its lease.</summary>
    private async Task<bool> IsAloneAfterWriting(string ofKey, string mine, CancellationToken cancellation)
    {
        var alone = false;
        try
        {
            await WriteAsync(mine, 0, cancellation);
            alone = !await OthersAsync(ofKey, mine, cancellation);
            return alone;
        }
        finally
        {
            if (!alone) await WithdrawAsync(mine);
        }
    }

    private async Task WithdrawAsync(string mine)
    {
        try
        {
            await store.DeleteAsync(mine, CancellationToken.None);
        }
        catch (RemoteStoreException)
        {
            // Others will see that it does not change.
        }
    }

    /// <summary>Whether a live claim of another is there. Dead ones are removed.</summary>
    private async Task<bool> OthersAsync(string ofKey, string mine, CancellationToken cancellation)
    {
        var any = false;
        await foreach (var claim in store.ListAsync(ofKey, cancellation))
        {
            if (claim.Name == mine) continue;
            var now = clock.GetTimestamp();
            var seen = watched.AddOrUpdate(claim.Name, _ => (claim.Version, now), (_, known) => known.Version == claim.Version ? known : (claim.Version, now));
            if (clock.GetElapsedTime(seen.Since, now) < lease)
            {
                any = true;
                continue;
            }

            await store.DeleteAsync(claim.Name, cancellation);
            watched.TryRemove(claim.Name, out _);
        }

        return any;
    }

    private Task<bool> WriteAsync(string name, long beat, CancellationToken cancellation) =>
        store.PutAsync(name, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName} {Environment.ProcessId} {clock.GetUtcNow():O} {beat}\n")), replace: true, cancellation);
}
