using System.Runtime.CompilerServices;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Tests.Storage;

/// <summary>A folder store in front of which a test decides about each request: fail, wait, or let it pass. A fault may strike before the request or after it, when its answer is lost.</summary>
internal sealed class FaultyStore(string folder) : IRemoteStore
{
    private readonly FolderStore store = new("file:faulty", folder);
    private int requests;

    /// <summary>Called with the kind of the request, its name, and whether it has been done already.</summary>
    public Func<string, string, bool, CancellationToken, Task> Fault { get; set; } = (_, _, _, _) => Task.CompletedTask;

    public int Requests => requests;

    public string Address => store.Address;

    public static RemoteStoreException Busy() => new("The store file:faulty refused: 503 SlowDown") { IsTransient = true };

    public Task<byte[]?> ReadAsync(string name, CancellationToken cancellation) => Around("read", name, () => store.ReadAsync(name, cancellation), cancellation);

    public Task<bool> DownloadAsync(string name, string file, CancellationToken cancellation) => Around("download", name, () => store.DownloadAsync(name, file, cancellation), cancellation);

    public Task<bool> UploadAsync(string name, long size, Func<Stream> open, bool replace, CancellationToken cancellation) => Around("upload", name, () => store.UploadAsync(name, size, open, replace, cancellation), cancellation);

    public Task<bool> PutAsync(string name, ReadOnlyMemory<byte> bytes, bool replace, CancellationToken cancellation) => Around("put", name, () => store.PutAsync(name, bytes, replace, cancellation), cancellation);

    public async IAsyncEnumerable<RemoteObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Interlocked.Increment(ref requests);
        await Fault("list", prefix, false, cancellation);
        await foreach (var found in store.ListAsync(prefix, cancellation)) yield return found;
        await Fault("list", prefix, true, cancellation);
    }

    public Task DeleteAsync(string name, CancellationToken cancellation) => Around(
        "delete",
        name,
        async () =>
        {
            await store.DeleteAsync(name, cancellation);
            return true;
        },
        cancellation);

    public void Dispose() => store.Dispose();

    private async Task<T> Around<T>(string kind, string name, Func<Task<T>> request, CancellationToken cancellation)
    {
        Interlocked.Increment(ref requests);
        await Fault(kind, name, false, cancellation);
        var answer = await request();
        await Fault(kind, name, true, cancellation);
        return answer;
    }
}
