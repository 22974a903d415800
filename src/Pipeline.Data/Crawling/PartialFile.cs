using System.Globalization;
using System.Security.Cryptography;
using Polly;
using Polly.Retry;

namespace Pipeline.Data.Crawling;

/// <summary>A large file that is fetched into a folder piece by piece and goes on where it was interrupted.</summary>
public sealed class PartialFile(string path, long size, TimeProvider clock)
{
    private static readonly TimeSpan Stalled = TimeSpan.FromSeconds(60);

    private readonly string part = path + ".part", seal = path + ".sha256";

    /// <summary>Lower-case hex; null while it is not whole.</summary>
    public string? Sha256 => File.Exists(path) && File.Exists(seal) && new FileInfo(path).Length == size ? File.ReadAllText(seal) : null;

    /// <param name="open">What the file holds from an offset on. An <see cref="IOException"/> is tried again.</param>
    /// <param name="check">What is wrong with the whole file, or null.</param>
    /// <exception cref="InvalidDataException">It is not to be had; the message says why.</exception>
    public async Task<string> FetchAsync(Func<long, CancellationToken, Task<Stream>> open, Func<string, string?> check, int retries, Action<long> progress, CancellationToken cancellation)
    {
        if (Sha256 is { } there) return there;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var again = new ResiliencePipelineBuilder { TimeProvider = clock };
        if (retries > 0) again.AddRetry(new RetryStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<IOException>().Handle<HttpRequestException>(), MaxRetryAttempts = retries, BackoffType = DelayBackoffType.Exponential, Delay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromMinutes(2), UseJitter = true });
        try
        {
            await again.Build().ExecuteAsync(async stop => await GoOnAsync(open, progress, stop), cancellation);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new InvalidDataException($"{e.GetBaseException().Message} (tried {retries + 1} times; what came is kept for the next run)", e);
        }

        if (check(part) is { } wrong)
        {
            File.Delete(part);
            throw new InvalidDataException($"{wrong}; run again");
        }

        await using (var whole = File.OpenRead(part)) await File.WriteAllTextAsync(seal, Convert.ToHexStringLower(await SHA256.HashDataAsync(whole, cancellation)), cancellation);
        File.Move(part, path, overwrite: true);
        return Sha256!;
    }

    private async Task GoOnAsync(Func<long, CancellationToken, Task<Stream>> open, Action<long> progress, CancellationToken cancellation)
    {
        await using var file = new FileStream(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1 << 16);
        if (file.Length > size) file.SetLength(0);
        file.Position = file.Length;
        if (file.Length == size) return;
        await using var content = await open(file.Length, cancellation);
        var buffer = new byte[1 << 16];
        while (await ReadAsync(content, buffer, cancellation) is > 0 and var read)
        {
            if (file.Position + read > size) throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"has more than the {size} bytes that were said"));
            await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
            progress(file.Position);
        }

        if (file.Position < size) throw new IOException(string.Create(CultureInfo.InvariantCulture, $"ends after {file.Position} of {size} bytes"));
    }

    private static async Task<int> ReadAsync(Stream content, byte[] buffer, CancellationToken cancellation)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(Stalled);
        try
        {
            return await content.ReadAsync(buffer, late.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"not a byte came for {Stalled.TotalSeconds} s"));
        }
    }
}
