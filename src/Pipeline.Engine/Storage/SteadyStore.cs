using System.Runtime.CompilerServices;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Pipeline.Engine.Storage;

/// <summary>
/// A store with patience. What fails for a moment is tried again. A store that goes on failing is left alone for a while: whoever asks is told so at once, and meanwhile
/// it is asked aside whether it is back. Each time it is left alone for longer, so that a store that is away or comes and goes costs a run some seconds in all.
/// </summary>
public sealed class SteadyStore : IRemoteStore
{
    /// <summary>What a request about a small object may take, with what the client underneath tries by itself.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>What has been tried for so long is not tried again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private static readonly ResiliencePropertyKey<long> Begun = new("begun");

    private readonly IRemoteStore store;
    private readonly TimeProvider clock;
    private readonly ResiliencePipeline small;
    private readonly ResiliencePipeline large;
    private readonly Lock gate = new();
    private RemoteStoreException? leftAlone;
    private TimeSpan pause = FirstPause;
    private long since;
    private bool asking;

    public SteadyStore(IRemoteStore store, TimeProvider clock)
    {
        (this.store, this.clock) = (store, clock);
        var again = new RetryStrategyOptions
        {
            ShouldHandle = args => ValueTask.FromResult(
                (args.Outcome.Exception is RemoteStoreException { IsTransient: true } or TimeoutRejectedException) && clock.GetElapsedTime(args.Context.Properties.GetValue(Begun, 0L)) < Patience),
            MaxRetryAttempts = 4,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(100),
            UseJitter = true,
        };
        large = new ResiliencePipelineBuilder { TimeProvider = clock }.AddRetry(again).Build();
        small = new ResiliencePipelineBuilder { TimeProvider = clock }.AddRetry(again).AddTimeout(Longest).Build();
    }

    public string Address => store.Address;

    /// <summary>It went on failing and is not asked for now.</summary>
    public bool IsLeftAlone => WhyLeftAlone() is not null;

    public Task<byte[]?> ReadAsync(string name, CancellationToken cancellation) => Ask(small, stop => store.ReadAsync(name, stop), cancellation);

    public Task<bool> DownloadAsync(string name, string file, CancellationToken cancellation) => Ask(large, stop => store.DownloadAsync(name, file, stop), cancellation);

    public Task<bool> UploadAsync(string name, long size, Func<Stream> open, bool replace, CancellationToken cancellation) => Ask(large, stop => store.UploadAsync(name, size, open, replace, stop), cancellation);

    /// <summary>As the store's own; but where an attempt got through and its answer was lost, the next one finds the object there and says false.</summary>
    public Task<bool> PutAsync(string name, ReadOnlyMemory<byte> bytes, bool replace, CancellationToken cancellation) => Ask(small, stop => store.PutAsync(name, bytes, replace, stop), cancellation);

    public async IAsyncEnumerable<RemoteObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // All of it before any of it: an attempt that fails half way begins anew.
        foreach (var found in await Ask(large, stop => All(prefix, stop), cancellation)) yield return found;
    }

    public Task DeleteAsync(string name, CancellationToken cancellation) => Ask(
        small,
        async stop =>
        {
            await store.DeleteAsync(name, stop);
            return true;
        },
        cancellation);

    public void Dispose() => store.Dispose();

    /// <summary>Each page of a listing has its own time, however many there are.</summary>
    private async Task<List<RemoteObject>> All(string prefix, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(Longest, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        var all = new List<RemoteObject>();
        try
        {
            await foreach (var found in store.ListAsync(prefix, stop.Token))
            {
                all.Add(found);
                if (all.Count % 500 == 0) late.CancelAfter(Longest);
            }
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutRejectedException();
        }

        return all;
    }

    private async Task<T> Ask<T>(ResiliencePipeline patience, Func<CancellationToken, Task<T>> request, CancellationToken cancellation)
    {
        if (WhyLeftAlone() is { } before) throw new RemoteStoreException(before.Message, before);
        var context = ResilienceContextPool.Shared.Get(cancellation);
        context.Properties.Set(Begun, clock.GetTimestamp());
        try
        {
            return await patience.ExecuteAsync(async held => await request(held.CancellationToken), context);
        }
        catch (RemoteStoreException e)
        {
            throw Leave(e);
        }
        catch (TimeoutRejectedException e)
        {
            throw Leave(new RemoteStoreException($"The store {Address} cannot be reached: it did not answer within {Longest.TotalSeconds} s", e));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private RemoteStoreException Leave(RemoteStoreException e)
    {
        lock (gate)
        {
            // Requests that were on their way when another found out do not prolong it.
            if (leftAlone is null) (leftAlone, since) = (e, clock.GetTimestamp());
            return e;
        }
    }

    /// <summary>Null where the store is asked as usual. When the pause is over, somebody who asks anyway sets off a question of whose answer nobody waits.</summary>
    private RemoteStoreException? WhyLeftAlone()
    {
        lock (gate)
        {
            if (leftAlone is not { } why) return null;
            if (!asking && clock.GetElapsedTime(since) >= pause)
            {
                asking = true;
                _ = Task.Run(AskWhetherItIsBack);
            }

            return why;
        }
    }

    private async Task AskWhetherItIsBack()
    {
        var back = false;
        try
        {
            using var late = new CancellationTokenSource(Longest, clock);
            await store.ReadAsync("is-it-back", late.Token);
            back = true;
        }
        catch (Exception e) when (e is RemoteStoreException or OperationCanceledException or ObjectDisposedException)
        {
            // It is not.
        }

        lock (gate)
        {
            (asking, since) = (false, clock.GetTimestamp());
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            if (back) leftAlone = null;
        }
    }
}
