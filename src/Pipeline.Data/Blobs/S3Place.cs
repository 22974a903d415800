using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Pipeline.Data.Blobs;

/// <summary>A bucket of S3 or of a server that speaks its protocol (<c>AWS_ENDPOINT_URL</c>).</summary>
internal sealed class S3Place : BlobPlace
{
    private readonly AmazonS3Client client;
    private readonly string bucket;

    public S3Place(BlobAddress address, BlobCredentials credentials, Func<string, string?> environment)
    {
        bucket = address.Container;
        var config = new AmazonS3Config { MaxErrorRetry = 2, ConnectTimeout = TimeSpan.FromSeconds(5) };
        if ((environment("AWS_ENDPOINT_URL_S3") ?? environment("AWS_ENDPOINT_URL")) is { Length: > 0 } endpoint)
        {
            // Other servers know buckets by path, and not the checksums that newer clients add.
            (config.ServiceURL, config.ForcePathStyle, config.AuthenticationRegion) = (endpoint, true, environment("AWS_REGION") ?? "us-east-1");
            (config.RequestChecksumCalculation, config.ResponseChecksumValidation) = (RequestChecksumCalculation.WHEN_REQUIRED, ResponseChecksumValidation.WHEN_REQUIRED);
        }

        var (key, secret) = (credentials.AccessKey ?? environment("AWS_ACCESS_KEY_ID"), credentials.SecretKey ?? environment("AWS_SECRET_ACCESS_KEY"));
        try
        {
            client = key is null || secret is null ? new(config)
                : environment("AWS_SESSION_TOKEN") is { Length: > 0 } session && credentials.AccessKey is null ? new(new SessionAWSCredentials(key, secret, session), config) : new(new BasicAWSCredentials(key, secret), config);
        }
        catch (AmazonClientException e)
        {
            throw new InvalidDataException($"{address.Root} cannot be opened: {e.Message}", e);
        }
    }

    public override async IAsyncEnumerable<BlobItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = prefix };
        while (true)
        {
            var page = await Guarded(() => client.ListObjectsV2Async(request, cancellation), null);
            foreach (var found in page.S3Objects ?? []) yield return new(found.Key, found.Size ?? 0, found.ETag ?? "");
            if (page.IsTruncated != true) yield break;
            request.ContinuationToken = page.NextContinuationToken;
        }
    }

    public override Task<Stream> OpenAsync(BlobItem item, long offset, CancellationToken cancellation) => Guarded(
        async () =>
        {
            var request = new GetObjectRequest { BucketName = bucket, Key = item.Name, EtagToMatch = item.ETag, ByteRange = offset > 0 ? new(offset, item.Size - 1) : null };
            var response = await client.GetObjectAsync(request, cancellation);
            // Some servers ignore the condition.
            if (response.ETag is { } etag && etag.Trim('"') != item.ETag.Trim('"')) throw Changed(item);
            return response.ResponseStream;
        },
        item);

    public override void Dispose()
    {
        client.Dispose();
        base.Dispose();
    }

    private async Task<T> Guarded<T>(Func<Task<T>> ask, BlobItem? item)
    {
        try
        {
            return await ask();
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.PreconditionFailed && item is not null)
        {
            throw Changed(item);
        }
        catch (AmazonS3Exception e)
        {
            var said = string.Create(CultureInfo.InvariantCulture, $"{bucket} answered {(int)e.StatusCode} {e.ErrorCode}");
            throw e.StatusCode is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or 0 ? new IOException(said, e) : new InvalidDataException(said, e);
        }
        catch (AmazonClientException e)
        {
            if (e.Message.Contains("credentials", StringComparison.OrdinalIgnoreCase)) throw new InvalidDataException("no credentials were found; give access_key and secret_key, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", e);
            throw new IOException($"{bucket} cannot be reached: {e.GetBaseException().Message}", e);
        }
    }
}
