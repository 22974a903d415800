namespace Pipeline.Engine.Storage;

/// <summary>An object of a remote store. <paramref name="Version"/> is another one each time the object is written.</summary>
public sealed record RemoteObject(string Name, long Size, string Version, DateTimeOffset Written);

/// <summary>A store that cannot be reached, or refuses. The message names the store, holds no secret and stands alone.</summary>
public sealed class RemoteStoreException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The same request may succeed a moment later: a server that is busy or fails by itself, a connection that broke.</summary>
    public bool IsTransient { get; init; }
}

/// <summary>
/// Objects by name (<c>blobs/ab/abcd…</c>) somewhere that several machines reach. A listing shows every write that ended before it began.
/// Every method throws <see cref="RemoteStoreException"/> where the store cannot be reached or refuses.
/// </summary>
public interface IRemoteStore : IDisposable
{
    /// <summary>As the user wrote it; never with a secret.</summary>
    string Address { get; }

    /// <summary>The whole of a small object, or null where there is none.</summary>
    Task<byte[]?> ReadAsync(string name, CancellationToken cancellation);

    /// <summary>Writes an object to a file. False where there is none.</summary>
    Task<bool> DownloadAsync(string name, string file, CancellationToken cancellation);

    /// <summary>Uploads what a stream holds, in parallel parts where it is large. An object that is there already stays, unless <paramref name="replace"/>; false where it stayed.</summary>
    /// <param name="open">Begins the content. It is read to its end, and the object appears after that: where reading fails, none does.</param>
    /// <exception cref="DamagedBlobException">Reading found that the content is not what it should be.</exception>
    Task<bool> UploadAsync(string name, long size, Func<Stream> open, bool replace, CancellationToken cancellation);

    /// <summary>Writes a small object. False where it was there already and <paramref name="replace"/> is false.</summary>
    Task<bool> PutAsync(string name, ReadOnlyMemory<byte> bytes, bool replace, CancellationToken cancellation);

    /// <summary>All objects whose name begins so, in the order of their names.</summary>
    IAsyncEnumerable<RemoteObject> ListAsync(string prefix, CancellationToken cancellation);

    /// <summary>Removes an object; one that is not there is no error.</summary>
    Task DeleteAsync(string name, CancellationToken cancellation);
}
