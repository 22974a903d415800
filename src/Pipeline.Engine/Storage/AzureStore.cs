using System.Runtime.CompilerServices;
using Azure;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Pipeline.Engine.Storage;

/// <summary>A container of Azure Blob Storage, by connection string or, without one, by whatever identity this machine has (DefaultAzureCredential).</summary>
internal sealed class AzureStore : IRemoteStore
{
    public const string Variable = "AZURE_STORAGE_CONNECTION_STRING";

    private static readonly StorageTransferOptions Parallel = new() { MaximumConcurrency = 8, InitialTransferSize = 8 << 20, MaximumTransferSize = 8 << 20 };
    private static readonly BlobRequestConditions Absent = new() { IfNoneMatch = ETag.All };

    private readonly BlobContainerClient container;
    private readonly string prefix;

    public AzureStore(string address, string account, string containerName, string prefix, Func<string, string?> environment)
    {
        (Address, this.prefix) = (address, prefix);
        // What the client does not get through with soon is tried again by SteadyStore.
        var options = new BlobClientOptions
        {
            Retry = { MaxRetries = 2, Delay = TimeSpan.FromMilliseconds(400), NetworkTimeout = TimeSpan.FromSeconds(60) },
            Transport = new HttpClientTransport(new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(3), MaxConnectionsPerServer = 50, PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false, UseCookies = false })
            {
                // The policy above has its own.
                Timeout = Timeout.InfiniteTimeSpan,
            }),
        };
        try
        {
            if (environment(Variable) is not { Length: > 0 } connection)
            {
                container = new(new Uri($"https://{account}.blob.core.windows.net/{containerName}"), new DefaultAzureCredential(), options);
                return;
            }

            container = new(connection, containerName, options);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            // Its own message may quote the string, key and all.
            throw new RemoteStoreException($"{Variable} is no connection string of Azure Storage");
        }

        if (container.AccountName != account) throw new RemoteStoreException($"{address} is of the account '{account}', but {Variable} is of '{container.AccountName}'");
    }

    public string Address { get; }

    public Task<byte[]?> ReadAsync(string name, CancellationToken cancellation) =>
        Guarded<byte[]?>(async () => (await Blob(name).DownloadContentAsync(cancellation)).Value.Content.ToArray(), missing: null);

    public Task<bool> DownloadAsync(string name, string file, CancellationToken cancellation) => Guarded(async () =>
    {
        await Blob(name).DownloadToAsync(file, new BlobDownloadToOptions { TransferOptions = Parallel }, cancellation);
        return true;
    }, missing: false);

    public Task<bool> UploadAsync(string name, long size, Func<Stream> open, bool replace, CancellationToken cancellation) => Guarded(async () =>
    {
        // The condition of a large upload is looked at when all of it has been sent.
        if (!replace && size > Parallel.InitialTransferSize && await Blob(name).ExistsAsync(cancellation)) return false;
        return await Created(
            async () =>
            {
                await using var content = open();
                await Blob(name).UploadAsync(content, new BlobUploadOptions { TransferOptions = Parallel, Conditions = replace ? null : Absent }, cancellation);
            },
            cancellation);
    }, missing: false);

    public Task<bool> PutAsync(string name, ReadOnlyMemory<byte> bytes, bool replace, CancellationToken cancellation) => Guarded(
        () => Created(() => Blob(name).UploadAsync(new BinaryData(bytes), new BlobUploadOptions { Conditions = replace ? null : Absent }, cancellation), cancellation), missing: false);

    public async IAsyncEnumerable<RemoteObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var pages = container.GetBlobsAsync(new GetBlobsOptions { Prefix = this.prefix + prefix }, cancellation).GetAsyncEnumerator(cancellation);
        await using (pages)
        {
            while (await Guarded(() => pages.MoveNextAsync().AsTask(), missing: false))
            {
                var blob = pages.Current;
                yield return new(blob.Name[this.prefix.Length..], blob.Properties.ContentLength ?? 0, blob.Properties.ETag?.ToString() ?? "", blob.Properties.LastModified ?? default);
            }
        }
    }

    public Task DeleteAsync(string name, CancellationToken cancellation) =>
        Guarded(async () => (await Blob(name).DeleteIfExistsAsync(cancellationToken: cancellation)).Value, missing: false);

    public void Dispose()
    {
    }

    private BlobClient Blob(string name) => container.GetBlobClient(prefix + name);

    /// <summary>False where another was first. The container is made when it is first written to.</summary>
    private async Task<bool> Created(Func<Task> upload, CancellationToken cancellation)
    {
        for (var again = false; ; again = true)
        {
            try
            {
                await upload();
                return true;
            }
            catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobAlreadyExists || e.ErrorCode == BlobErrorCode.ConditionNotMet)
            {
                return false;
            }
            catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound && !again)
            {
                await container.CreateIfNotExistsAsync(cancellationToken: cancellation);
            }
        }
    }

    private async Task<T> Guarded<T>(Func<Task<T>> work, T missing)
    {
        try
        {
            return await work();
        }
        catch (RequestFailedException e) when (e.Status == 404 && e.ErrorCode != BlobErrorCode.ContainerBeingDeleted)
        {
            return missing;
        }
        catch (RequestFailedException e)
        {
            throw new RemoteStoreException($"The store {Address} refused: {e.Status} {e.ErrorCode}{Remedy(e.Status)}", e) { IsTransient = e.Status is >= 500 or 429 or 408 or 0 || e.ErrorCode == BlobErrorCode.ContainerBeingDeleted };
        }
        catch (AuthenticationFailedException e)
        {
            throw new RemoteStoreException($"No identity was found for {Address}: sign in (az login), give this machine a managed identity, or set {Variable}", e);
        }
        catch (Exception e) when (e.GetBaseException() is DamagedBlobException damaged)
        {
            throw new DamagedBlobException(damaged.Digest, damaged.Message);
        }
        catch (Exception e) when (e is AggregateException or IOException or HttpRequestException || (e is OperationCanceledException && e.InnerException is TimeoutException))
        {
            throw new RemoteStoreException($"The store {Address} cannot be reached: {e.GetBaseException().Message}", e) { IsTransient = true };
        }
    }

    private static string Remedy(int status) => status is 401 or 403 ? "; the identity needs the role 'Storage Blob Data Contributor' (Reader where the cache is read-only)" : "";
}
