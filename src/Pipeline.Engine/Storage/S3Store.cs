using System.Net;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Pipeline.Engine.Storage;

/// <summary>A bucket of S3 or of a server that speaks its protocol (<c>AWS_ENDPOINT_URL</c>), with the credentials that AWS tools would find.</summary>
internal sealed class S3Store : IRemoteStore
{
    private const long PartSize = 16 << 20;

    private static readonly TimeSpan Stalled = TimeSpan.FromSeconds(30);

    private readonly AmazonS3Client client;
    private readonly string bucket;
    private readonly string prefix;

    public S3Store(string address, string bucket, string prefix, Func<string, string?> environment)
    {
        (Address, this.bucket, this.prefix) = (address, bucket, prefix);
        // What the client does not get through with soon is tried again by SteadyStore.
        var config = new AmazonS3Config { MaxErrorRetry = 2, ConnectTimeout = TimeSpan.FromSeconds(3) };
        if ((environment("AWS_ENDPOINT_URL_S3") ?? environment("AWS_ENDPOINT_URL")) is { Length: > 0 } endpoint)
        {
            // Other servers know buckets by path, and not the checksums that newer clients add.
            (config.ServiceURL, config.ForcePathStyle, config.AuthenticationRegion) = (endpoint, true, environment("AWS_REGION") ?? "us-east-1");
            (config.RequestChecksumCalculation, config.ResponseChecksumValidation) = (RequestChecksumCalculation.WHEN_REQUIRED, ResponseChecksumValidation.WHEN_REQUIRED);
        }

        try
        {
            client = new(config);
        }
        catch (AmazonClientException e)
        {
            throw new RemoteStoreException($"{address} cannot be opened: {e.Message}", e);
        }
    }

    public string Address { get; }

    public Task<byte[]?> ReadAsync(string name, CancellationToken cancellation) => Guarded<byte[]?>(async () =>
    {
        using var response = await client.GetObjectAsync(bucket, prefix + name, cancellation);
        using var bytes = new MemoryStream();
        await response.ResponseStream.CopyToAsync(bytes, cancellation);
        return bytes.ToArray();
    }, missing: null);

    public Task<bool> DownloadAsync(string name, string file, CancellationToken cancellation) => Guarded(async () =>
    {
        var size = (await client.GetObjectMetadataAsync(bucket, prefix + name, cancellation)).ContentLength;
        using var handle = File.OpenHandle(file, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.Asynchronous, size);
        await Parallel.ForEachAsync(Parts(size), AtOnce(cancellation), async (part, stop) =>
        {
            if (part.Length == 0) return;
            using var response = await client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = prefix + name, ByteRange = new(part.Start, part.Start + part.Length - 1) }, stop);
            var buffer = new byte[1 << 20];
            for (var at = part.Start; await Read(response.ResponseStream, buffer, stop) is > 0 and var read; at += read) await RandomAccess.WriteAsync(handle, buffer.AsMemory(0, read), at, stop);
        });
        return true;
    }, missing: false);

    public Task<bool> UploadAsync(string name, long size, Func<Stream> open, bool replace, CancellationToken cancellation) => Guarded(async () =>
    {
        if (!replace && await Exists(name, cancellation)) return false;
        await using var content = open();
        if (size > PartSize)
        {
            await UploadParts(prefix + name, content, size, cancellation);
            return true;
        }

        var bytes = await ReadPart(content, (int)size, cancellation);
        await ReadEnd(content, cancellation);
        using var small = new MemoryStream(bytes);
        await client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = prefix + name, InputStream = small, UseChunkEncoding = false }, cancellation);
        return true;
    }, missing: false);

    public Task<bool> PutAsync(string name, ReadOnlyMemory<byte> bytes, bool replace, CancellationToken cancellation) => Guarded(async () =>
    {
        // Some servers ignore the condition: what can be known beforehand is asked for.
        if (!replace && await Exists(name, cancellation)) return false;
        using var content = new MemoryStream(bytes.ToArray());
        try
        {
            await client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = prefix + name, InputStream = content, IfNoneMatch = replace ? null : "*", UseChunkEncoding = false }, cancellation);
            return true;
        }
        catch (AmazonS3Exception e) when (!replace && e.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict)
        {
            return false;
        }
    }, missing: false);

    public async IAsyncEnumerable<RemoteObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = this.prefix + prefix };
        while (await Guarded<ListObjectsV2Response?>(async () => await client.ListObjectsV2Async(request, cancellation), missing: null) is { } page)
        {
            foreach (var found in page.S3Objects ?? [])
                yield return new(found.Key[this.prefix.Length..], found.Size ?? 0, $"{found.ETag} {found.LastModified:O}", found.LastModified ?? default(DateTime));
            if (page.IsTruncated != true) yield break;
            request.ContinuationToken = page.NextContinuationToken;
        }
    }

    public Task DeleteAsync(string name, CancellationToken cancellation) => Guarded(async () =>
    {
        await client.DeleteObjectAsync(bucket, prefix + name, cancellation);
        return true;
    }, missing: false);

    public void Dispose()
    {
        client.Dispose();
    }

    /// <summary>The client has no limit of its own for a body that stops to come.</summary>
    private static async Task<int> Read(Stream body, byte[] buffer, CancellationToken cancellation)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(Stalled);
        try
        {
            return await body.ReadAsync(buffer, late.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"not a byte came for {Stalled.TotalSeconds} s");
        }
    }

    /// <summary>In parts without chunked signatures, which not every server of the protocol reads.</summary>
    private async Task UploadParts(string key, Stream content, long size, CancellationToken cancellation)
    {
        var upload = (await client.InitiateMultipartUploadAsync(bucket, key, cancellation)).UploadId;
        try
        {
            var parts = new System.Collections.Concurrent.ConcurrentBag<PartETag>();
            await Parallel.ForEachAsync(ReadParts(content, size, cancellation), AtOnce(cancellation), async (part, stop) =>
            {
                using var bytes = new MemoryStream(part.Bytes);
                var request = new UploadPartRequest { BucketName = bucket, Key = key, UploadId = upload, PartNumber = part.Number, InputStream = bytes, PartSize = part.Bytes.Length, UseChunkEncoding = false };
                parts.Add(new(part.Number, (await client.UploadPartAsync(request, stop)).ETag));
            });
            await client.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = upload, PartETags = [.. parts.OrderBy(p => p.PartNumber)] }, cancellation);
        }
        catch
        {
            try
            {
                await Guarded<AbortMultipartUploadResponse?>(async () => await client.AbortMultipartUploadAsync(bucket, key, upload, CancellationToken.None), missing: null);
            }
            catch (RemoteStoreException)
            {
                // Why the upload failed says more; what lies there of it goes by the bucket's own rules.
            }

            throw;
        }
    }

    /// <summary>One after the other; the end is reached before the last one is given out.</summary>
    private static async IAsyncEnumerable<(int Number, byte[] Bytes)> ReadParts(Stream content, long size, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var part in Parts(size))
        {
            var bytes = await ReadPart(content, (int)part.Length, cancellation);
            if (part.Start + part.Length == size) await ReadEnd(content, cancellation);
            yield return (part.Number, bytes);
        }
    }

    private static async Task<byte[]> ReadPart(Stream content, int length, CancellationToken cancellation)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        await content.ReadExactlyAsync(bytes, cancellation);
        return bytes;
    }

    private static async Task ReadEnd(Stream content, CancellationToken cancellation)
    {
        if (await content.ReadAsync(new byte[1], cancellation) != 0) throw new IOException("what is uploaded grew meanwhile");
    }

    private static IEnumerable<(int Number, long Start, long Length)> Parts(long size)
    {
        // At most 10,000 are allowed.
        var length = Math.Max(PartSize, (size + 9_999) / 10_000);
        for (var (number, start) = (1, 0L); start < size || number == 1; number++, start += length) yield return (number, start, Math.Min(length, size - start));
    }

    private static ParallelOptions AtOnce(CancellationToken cancellation) => new() { MaxDegreeOfParallelism = 8, CancellationToken = cancellation };

    private async Task<bool> Exists(string name, CancellationToken cancellation) => await Guarded(async () =>
    {
        await client.GetObjectMetadataAsync(bucket, prefix + name, cancellation);
        return true;
    }, missing: false);

    private async Task<T> Guarded<T>(Func<Task<T>> work, T missing)
    {
        try
        {
            return await work();
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound && e.ErrorCode != "NoSuchBucket")
        {
            return missing;
        }
        catch (AmazonS3Exception e)
        {
            throw new RemoteStoreException($"The store {Address} refused: {(int)e.StatusCode} {e.ErrorCode}{(e.ErrorCode == "NoSuchBucket" ? "; make the bucket first" : "")}", e)
            {
                IsTransient = e.StatusCode is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or 0 || e.ErrorCode is "RequestTimeout" or "OperationAborted",
            };
        }
        catch (Exception e) when (e.GetBaseException() is DamagedBlobException damaged)
        {
            throw new DamagedBlobException(damaged.Digest, damaged.Message);
        }
        catch (Exception e) when (e is AmazonClientException or HttpRequestException or IOException or AggregateException || (e is OperationCanceledException && e.InnerException is TimeoutException))
        {
            throw new RemoteStoreException($"The store {Address} cannot be reached: {e.GetBaseException().Message}", e) { IsTransient = !e.Message.Contains("credentials", StringComparison.OrdinalIgnoreCase) };
        }
    }
}
