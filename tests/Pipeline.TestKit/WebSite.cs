using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pipeline.TestKit;

/// <summary>A request as a <see cref="WebSite"/> sees it.</summary>
/// <param name="Path">With its query.</param>
/// <param name="Headers">Names in lower case.</param>
public sealed record SiteRequest(string Path, IReadOnlyDictionary<string, string> Headers)
{
    public string? this[string header] => Headers.GetValueOrDefault(header);
}

/// <summary>What a <see cref="WebSite"/> answers.</summary>
public sealed record SiteAnswer(int Status = 200, string Text = "", string? ContentType = "text/html; charset=utf-8")
{
    public byte[]? Body { get; init; }

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Writes the body, of a length that is not said, until it returns or the client is gone.</summary>
    public Func<Stream, CancellationToken, Task>? Write { get; init; }

    public SiteAnswer With(string name, string value) => this with { Headers = [.. Headers, (name, value)] };

    public static SiteAnswer Redirect(string to, int status = 302) => new SiteAnswer(status).With("Location", to);
}

/// <summary>A web server of a test's own on loopback, a connection an answer. It says what the test has it say, rules of the protocol or not.</summary>
public sealed class WebSite : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ended = new();
    private readonly Func<SiteRequest, SiteAnswer?> answer;

    /// <param name="answer">Null is 404.</param>
    public WebSite(Func<SiteRequest, SiteAnswer?> answer)
    {
        this.answer = answer;
        listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    /// <summary>Pages by path; what is not there is 404.</summary>
    public WebSite(IReadOnlyDictionary<string, SiteAnswer> pages)
        : this(request => pages.GetValueOrDefault(request.Path))
    {
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string Root => $"http://127.0.0.1:{Port}";

    /// <summary>In the order in which they came.</summary>
    public ConcurrentQueue<SiteRequest> Requests { get; } = new();

    public IEnumerable<string> Paths => Requests.Select(r => r.Path);

    public void Dispose()
    {
        ended.Cancel();
        listener.Stop();
        ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(ended.Token);
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                if (await ReadAsync(stream) is not { } request) return;
                Requests.Enqueue(request);
                var given = answer(request) ?? new SiteAnswer(404, "not here");
                var body = given.Body ?? Encoding.UTF8.GetBytes(given.Text);
                var head = new StringBuilder($"HTTP/1.1 {given.Status} Said\r\nConnection: close\r\n");
                if (given.ContentType is not null) head.Append($"Content-Type: {given.ContentType}\r\n");
                if (given.Write is null && given.Status != 304) head.Append($"Content-Length: {body.Length}\r\n");
                foreach (var (name, value) in given.Headers) head.Append($"{name}: {value}\r\n");
                await stream.WriteAsync(Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()), ended.Token);
                if (given.Write is not null) await given.Write(stream, ended.Token);
                else if (given.Status != 304) await stream.WriteAsync(body, ended.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // Somebody hung up.
            }
        }
    }

    private async Task<SiteRequest?> ReadAsync(NetworkStream stream)
    {
        var bytes = new List<byte>();
        var one = new byte[1];
        while (bytes.Count < 1 << 16 && !(bytes.Count >= 4 && bytes[^1] == '\n' && bytes[^3] == '\n'))
        {
            if (await stream.ReadAsync(one, ended.Token) == 0) return null;
            bytes.Add(one[0]);
        }

        var lines = Encoding.Latin1.GetString([.. bytes]).Split("\r\n");
        return new(lines[0].Split(' ')[1], lines[1..].Where(l => l.Contains(':', StringComparison.Ordinal)).ToDictionary(l => l[..l.IndexOf(':', StringComparison.Ordinal)].ToLowerInvariant(), l => l[(l.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()));
    }
}
