using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Pipeline.Data.Blobs;

/// <summary>A container of Azure Blob Storage, by connection string or, without one, by whatever identity this machine has (DefaultAzureCredential).</summary>
internal sealed class AzurePlace : BlobPlace
{
    private const string Variable = "AZURE_STORAGE_CONNECTION_STRING";

    private readonly BlobContainerClient container;

    public AzurePlace(BlobAddress address, BlobCredentials credentials, Func<string, string?> environment)
    {
        var options = new BlobClientOptions { Retry = { MaxRetries = 2, Delay = TimeSpan.FromMilliseconds(400), NetworkTimeout = TimeSpan.FromSeconds(60) } };
        try
        {
            container = (credentials.ConnectionString ?? environment(Variable)) is { Length: > 0 } connection
                ? new(connection, address.Container, options)
                : new(new Uri($"https://{address.Account}.blob.core.windows.net/{address.Container}"), new DefaultAzureCredential(), options);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            // Its own message may quote the string, key and all.
            throw new InvalidDataException($"what was given as connection_string, or as {Variable}, is no connection string of Azure Storage");
        }

        if (container.AccountName != address.Account) throw new InvalidDataException($"{address.Root} is of the account '{address.Account}', but the connection string is of '{container.AccountName}'");
    }

    public override async IAsyncEnumerable<BlobItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var pages = container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, cancellation).GetAsyncEnumerator(cancellation);
        while (await Guarded(() => pages.MoveNextAsync().AsTask(), null))
            yield return new(pages.Current.Name, pages.Current.Properties.ContentLength ?? 0, pages.Current.Properties.ETag?.ToString() ?? "");
    }

    public override Task<Stream> OpenAsync(BlobItem item, long offset, CancellationToken cancellation) => Guarded(
        async () => (await container.GetBlobClient(item.Name).DownloadStreamingAsync(new BlobDownloadOptions { Range = new HttpRange(offset), Conditions = new() { IfMatch = new ETag(item.ETag) } }, cancellation)).Value.Content, item);

    private async Task<T> Guarded<T>(Func<Task<T>> ask, BlobItem? item)
    {
        try
        {
            return await ask();
        }
        catch (RequestFailedException e) when (e.Status == 412 && item is not null)
        {
            throw Changed(item);
        }
        catch (RequestFailedException e)
        {
            var said = string.Create(CultureInfo.InvariantCulture, $"{container.AccountName}/{container.Name} answered {e.Status} {e.ErrorCode}");
            throw e.Status is >= 500 or 429 or 408 or 0 ? new IOException(said, e) : new InvalidDataException(said + (e.Status is 401 or 403 ? "; the identity needs the role 'Storage Blob Data Reader'" : ""), e);
        }
        catch (AuthenticationFailedException e)
        {
            throw new InvalidDataException($"no identity was found for {container.AccountName}: sign in (az login), give this machine a managed identity, or set {Variable}", e);
        }
        catch (AggregateException e)
        {
            throw new IOException($"{container.AccountName} cannot be reached: {e.GetBaseException().Message}", e);
        }
    }
}
