namespace Pipeline.Data.Blobs;

/// <param name="Name">Within its container or bucket.</param>
/// <param name="ETag">As the store has it: another one is another content.</param>
public sealed record BlobItem(string Name, long Size, string ETag);

/// <summary>Who asks a store. What is null is looked for where the store's own tools look.</summary>
/// <param name="ConnectionString">Of Azure Storage.</param>
public sealed record BlobCredentials(string? ConnectionString = null, string? AccessKey = null, string? SecretKey = null);

/// <summary>A store that keeps content under names.</summary>
public abstract class BlobPlace : IDisposable
{
    /// <summary>All whose names begin so, in the order of the store.</summary>
    public abstract IAsyncEnumerable<BlobItem> ListAsync(string prefix, CancellationToken cancellation);

    /// <summary>The content from an offset on.</summary>
    /// <exception cref="InvalidDataException">It is another one by now, gone, or not to be read.</exception>
    /// <exception cref="IOException">Perhaps better in a while.</exception>
    public abstract Task<Stream> OpenAsync(BlobItem item, long offset, CancellationToken cancellation);

    /// <param name="environment">Where what is not given is looked up.</param>
    public static BlobPlace Open(BlobAddress address, BlobCredentials credentials, Func<string, string?> environment) =>
        address.Scheme == "s3" ? new S3Place(address, credentials, environment) : new AzurePlace(address, credentials, environment);

    public virtual void Dispose() => GC.SuppressFinalize(this);

    protected static InvalidDataException Changed(BlobItem item) => new($"{item.Name}: was changed while the run was reading it; run again");
}
