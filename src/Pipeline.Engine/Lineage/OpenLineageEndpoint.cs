using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Pipeline.Engine.Execution;

namespace Pipeline.Engine.Lineage;

/// <summary>A server that takes events by HTTP, each tried again a few times where that may help.</summary>
public sealed class OpenLineageEndpoint : IDisposable
{
    private static readonly TimeSpan[] Waits = [TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(0.6), TimeSpan.FromSeconds(1.8)];

    private readonly Uri address;
    private readonly TimeProvider clock;
    // A server that sends elsewhere would be handed the key there.
    private readonly HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(3) }) { Timeout = TimeSpan.FromSeconds(5) };

    /// <param name="address">With a path, where to post; without one, the server whose <c>/api/v1/lineage</c> it is.</param>
    /// <param name="key">Handed on as a bearer token; null for none.</param>
    /// <exception cref="OpenLineageException">It is no address, or holds a password.</exception>
    public OpenLineageEndpoint(string address, string? key, TimeProvider clock)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https")) throw new OpenLineageException($"'{address}' is no http(s) address.");
        if (parsed.UserInfo.Length > 0 || parsed.Query.Length > 0) throw new OpenLineageException($"The address of {parsed.Host} comes with a password or a query, which would end in logs; leave it out and set OPENLINEAGE_API_KEY instead.");
        this.address = parsed.AbsolutePath == "/" ? new Uri(parsed, "/api/v1/lineage") : parsed;
        this.clock = clock;
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("pipelines", OpenLineageFacets.EngineVersion));
        if (key is { Length: > 0 }) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <exception cref="OpenLineageException">It was refused, or the server cannot be reached.</exception>
    public async Task SendAsync(JsonObject told, CancellationToken cancellation)
    {
        var body = RunEventJson.CanonicalOrder(told);
        for (var attempt = 0; ; attempt++)
        {
            var (problem, again) = await TryAsync(body, cancellation);
            if (problem is null) return;
            if (!again || attempt == Waits.Length) throw new OpenLineageException($"{address} {problem}.");
            await Task.Delay(Waits[attempt], clock, cancellation);
        }
    }

    public void Dispose() => client.Dispose();

    private async Task<(string? Problem, bool Again)> TryAsync(string body, CancellationToken cancellation)
    {
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync(address, content, cancellation);
            if (answer.IsSuccessStatusCode) return (null, false);
            return ($"answered {(int)answer.StatusCode} {answer.StatusCode}", (int)answer.StatusCode >= 500 || answer.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return ($"cannot be reached: {e.GetBaseException().Message.TrimEnd('.')}", true);
        }
    }
}
