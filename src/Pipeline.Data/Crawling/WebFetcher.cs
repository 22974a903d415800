using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Polly;
using Polly.Retry;

namespace Pipeline.Data.Crawling;

/// <summary>Asks servers, one answer at a time and each within limits. What fails is an answer that says so.</summary>
public sealed class WebFetcher : IDisposable
{
    private readonly WebLimits limits;
    private readonly TimeProvider clock;
    private readonly HttpClient http;
    private readonly ResiliencePipeline<WebAnswer> patience;
    private readonly SemaphoreSlim together;

    /// <param name="clock">Of the waits between requests; how long an answer may take is real time.</param>
    /// <param name="resolve">Addresses of a host; null asks the system.</param>
    /// <param name="trusts">Hosts that may be of a private network though others may not; null trusts none.</param>
    public WebFetcher(string userAgent, WebLimits limits, TimeProvider clock, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null, Func<string, bool>? trusts = null)
    {
        (this.limits, this.clock, together) = (limits, clock, new(limits.Together));
        var connections = new GuardedConnections(host => limits.AllowPrivate || trusts?.Invoke(host) == true, resolve, trusts is null ? "; where it is meant to be asked, set web.allow_private: true" : "");
        http = new(connections.Handler(Math.Max(limits.PerHost, 2))) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", userAgent);
        var builder = new ResiliencePipelineBuilder<WebAnswer> { TimeProvider = clock };
        if (limits.Retries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<WebAnswer>
            {
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result is { IsTransient: true } answer && !(answer.RetryAfter > limits.LongestWait)),
                MaxRetryAttempts = limits.Retries,
                BackoffType = DelayBackoffType.Exponential,
                Delay = limits.RetryAfter,
                MaxDelay = limits.LongestWait,
                UseJitter = true,
                DelayGenerator = args => ValueTask.FromResult(args.Outcome.Result?.RetryAfter),
            });
        }

        patience = builder.Build();
    }

    /// <param name="gate">Of the host, whose turn is waited for before each attempt.</param>
    internal async Task<WebAnswer> GetAsync(FetchRequest request, HostGate? gate, CancellationToken cancellation) =>
        await patience.ExecuteAsync(
            async stop =>
            {
                if (gate is not null) await gate.WaitAsync(stop);
                await together.WaitAsync(stop);
                try
                {
                    var answer = await AskAsync(request, stop);
                    if (answer.RetryAfter is { } wait) gate?.Pause(wait < limits.LongestWait ? wait : limits.LongestWait);
                    return answer;
                }
                finally
                {
                    together.Release();
                }
            },
            cancellation);

    /// <summary>The content of a large file from an offset on, as it comes.</summary>
    /// <exception cref="InvalidDataException">The server will not give it.</exception>
    public async Task<Stream> OpenAsync(FetchRequest request, long offset, CancellationToken cancellation)
    {
        var (at, first) = (request.Address, request.Address.Authority);
        for (var hops = 0; hops <= limits.Redirects; hops++)
        {
            // A token is for who was meant by it.
            using var message = Message(request with { Address = at, Authorization = at.Authority == first ? request.Authorization : null });
            message.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
            if (offset > 0) message.Headers.Range = new(offset, null);
            using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            late.CancelAfter(limits.Longest);
            HttpResponseMessage response;
            try
            {
                response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, late.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new IOException($"{at.Host} did not answer");
            }
            catch (HttpRequestException e) when (e.GetBaseException() is PrivateAddressException guarded)
            {
                throw new InvalidDataException(guarded.Message, e);
            }

            var answer = Head(response);
            if (answer.IsRedirect && WebAddress.Normalize(answer.Location!, at, []) is { } next)
            {
                response.Dispose();
                at = next;
                continue;
            }

            if (!answer.IsSuccess)
            {
                response.Dispose();
                var said = string.Create(CultureInfo.InvariantCulture, $"{at.Host} answered {answer.Status}");
                throw answer.IsTransient ? new IOException(said) : new InvalidDataException(said);
            }

            var content = await response.Content.ReadAsStreamAsync(cancellation);
            // A server may send all of it, whatever part was asked for.
            if (offset > 0 && (answer.Status != 206 || response.Content.Headers.ContentRange?.From != offset)) await SkipAsync(content, answer.Status == 206 ? offset - (response.Content.Headers.ContentRange?.From ?? 0) : offset, cancellation);
            return content;
        }

        throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{request.Address.Host} redirects more than {limits.Redirects} times"));
    }

    public void Dispose()
    {
        http.Dispose();
        together.Dispose();
    }

    private async Task<WebAnswer> AskAsync(FetchRequest request, CancellationToken cancellation)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(limits.Longest);
        try
        {
            using var message = Message(request);
            message.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, deflate, br");
            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, late.Token);
            var answer = Head(response);
            if (!answer.IsSuccess) return answer;
            if (request.MediaTypes is { } wanted && answer.ContentType is { } type && !IsOneOf(type, wanted)) return answer with { Refusal = Refusals.MediaType, Detail = type };
            return await BodyAsync(response, answer, request, late.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return WebAnswer.Refused(Refusals.Timeout, string.Create(CultureInfo.InvariantCulture, $"not answered within {limits.Longest.TotalSeconds} s"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or System.Net.Sockets.SocketException)
        {
            if (e.GetBaseException() is PrivateAddressException guarded) return WebAnswer.Refused(Refusals.PrivateAddress, guarded.Message);
            if (e.GetBaseException() is InvalidDataException damaged) return WebAnswer.Refused(Refusals.Encoding, $"what was sent is damaged and cannot be unpacked ({damaged.Message.TrimEnd('.')})");
            return WebAnswer.Refused(Refusals.Connection, e.GetBaseException().Message, transient: true);
        }
    }

    private static async Task SkipAsync(Stream content, long bytes, CancellationToken cancellation)
    {
        if (bytes < 0) throw new InvalidDataException("the server sent another part than was asked for");
        var buffer = new byte[1 << 16];
        while (bytes > 0)
        {
            var read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(bytes, buffer.Length)), cancellation);
            if (read == 0) throw new IOException("the file ends before the part that was asked for");
            bytes -= read;
        }
    }

    private static HttpRequestMessage Message(FetchRequest request)
    {
        var message = new HttpRequestMessage(HttpMethod.Get, request.Address);
        foreach (var (name, value) in new[] { ("If-None-Match", request.ETag), ("If-Modified-Since", request.LastModified), ("Authorization", request.Authorization) })
            if (value is not null) message.Headers.TryAddWithoutValidation(name, value);
        if (request.MediaTypes is { Count: > 0 } types) message.Headers.TryAddWithoutValidation("Accept", string.Join(", ", types) + ", */*;q=0.1");
        return message;
    }

    private WebAnswer Head(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        var answer = new WebAnswer(status)
        {
            ContentType = First(response.Content.Headers, "Content-Type"),
            ETag = First(response.Headers, "ETag"),
            LastModified = First(response.Content.Headers, "Last-Modified"),
            Location = First(response.Headers, "Location"),
            Links = Values(response.Headers, "Link"),
            RobotsTags = Values(response.Headers, "X-Robots-Tag"),
        };
        if (status is (>= 200 and < 300) or 304 || answer.IsRedirect) return answer;
        return answer with { Refusal = Refusals.Status, Detail = string.Create(CultureInfo.InvariantCulture, $"{status}"), IsTransient = status is 408 or 425 or 429 or 500 or 502 or 503 or 504, RetryAfter = Wait(response.Headers.RetryAfter) };
    }

    private TimeSpan? Wait(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? (header?.Date is { } date ? date - clock.GetUtcNow() : null);
        return wait is { } w && w < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private async Task<WebAnswer> BodyAsync(HttpResponseMessage response, WebAnswer answer, FetchRequest request, CancellationToken cancellation)
    {
        var most = Math.Min(request.MostBytes ?? limits.BodyBytes, limits.BodyBytes);
        if (response.Content.Headers.ContentLength > most && !request.CutBody) return TooLarge(string.Create(CultureInfo.InvariantCulture, $"{response.Content.Headers.ContentLength} bytes"));
        await using var packed = new CountedStream(await response.Content.ReadAsStreamAsync(cancellation), most);
        Stream body = packed;
        try
        {
            foreach (var coding in response.Content.Headers.ContentEncoding.Reverse())
            {
                if (Unpacked(body, coding.Trim().ToLowerInvariant()) is not { } unpacked) return answer with { Refusal = Refusals.Encoding, Detail = $"the encoding '{coding}' is not known" };
                body = unpacked;
            }

            var content = new MemoryStream();
            var buffer = new byte[1 << 16];
            while (await body.ReadAsync(buffer, cancellation) is > 0 and var read)
            {
                if (content.Length + read > most)
                {
                    if (!request.CutBody) return TooLarge(string.Create(CultureInfo.InvariantCulture, $"more than {most} bytes"));
                    content.Write(buffer, 0, (int)(most - content.Length));
                    break;
                }

                content.Write(buffer, 0, read);
            }

            return answer with { Body = content.ToArray() };
        }
        catch (BodyTooLargeException)
        {
            return TooLarge(string.Create(CultureInfo.InvariantCulture, $"more than {most} bytes"));
        }
        finally
        {
            await body.DisposeAsync();
        }

        WebAnswer TooLarge(string has) => answer with { Refusal = Refusals.Size, Detail = has };
    }

    private static Stream? Unpacked(Stream body, string coding) => coding switch
    {
        "gzip" or "x-gzip" => new GZipStream(body, CompressionMode.Decompress),
        "deflate" => new ZLibStream(body, CompressionMode.Decompress),
        "br" => new BrotliStream(body, CompressionMode.Decompress),
        "identity" or "" => body,
        _ => null,
    };

    private static bool IsOneOf(string contentType, IReadOnlyList<string> wanted)
    {
        var type = contentType.Split(';')[0].Trim();
        return wanted.Any(w => w.EndsWith("/*", StringComparison.Ordinal) ? type.StartsWith(w[..^1], StringComparison.OrdinalIgnoreCase) : type.Equals(w, StringComparison.OrdinalIgnoreCase) || w == "*");
    }

    /// <summary>As it was sent: values that are against the rules are for whoever reads them to judge.</summary>
    private static string? First(HttpHeaders headers, string name) => Values(headers, name) is [var first, ..] ? first : null;

    private static IReadOnlyList<string> Values(HttpHeaders headers, string name) => headers.NonValidated.TryGetValues(name, out var values) ? [.. values.Select(Utf8)] : [];

    /// <summary>Headers are read as Latin-1; addresses in them are often UTF-8.</summary>
    private static string Utf8(string value)
    {
        if (Ascii.IsValid(value)) return value;
        var text = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(value));
        return text.Contains('\ufffd', StringComparison.Ordinal) ? value : text;
    }
}
