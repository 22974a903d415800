using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Caching;

/// <summary>Held until it is disposed of, or this process ends and the lease has passed.</summary>
public sealed class Claim : IAsyncDisposable
{
    private readonly IRemoteStore store;
    private readonly string name;
    private readonly CancellationTokenSource ended = new();
    private readonly Task beating;

    internal Claim(IRemoteStore store, string name, Func<long, Task> beat, TimeSpan every, TimeProvider clock)
    {
        (this.store, this.name) = (store, name);
        beating = Task.Run(() => BeatAsync(beat, every, clock));
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await beating;
        ended.Dispose();
        try
        {
            await store.DeleteAsync(name, CancellationToken.None);
        }
        catch (RemoteStoreException)
        {
            // Others will see that it no longer changes.
        }
    }

    private async Task BeatAsync(Func<long, Task> write, TimeSpan every, TimeProvider clock)
    {
        for (long beat = 1; !ended.IsCancellationRequested; beat++)
        {
            try
            {
                await Task.Delay(every, clock, ended.Token);
                await write(beat);
            }
            catch (Exception e) when (e is RemoteStoreException or OperationCanceledException)
            {
                // The next beat may get through; if none does, the worst is that the step is done twice.
            }
        }
    }
}
