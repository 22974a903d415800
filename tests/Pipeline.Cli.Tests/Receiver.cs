using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Pipeline.Cli.Tests;

/// <summary>A real HTTP server on loopback that keeps what it is sent.</summary>
public sealed class Receiver : IDisposable
{
    /// <param name="Headers">Of the request.</param>
    public sealed record Request(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body);

    private readonly HttpListener listener = new();
    private readonly Task serving;

    /// <param name="answer">The status for the request of this number, counted from 1.</param>
    public Receiver(Func<int, int>? answer = null)
    {
        Address = $"http://127.0.0.1:{FreePort()}";
        listener.Prefixes.Add(Address + "/");
        listener.Start();
        serving = Task.Run(() => ServeAsync(answer ?? (_ => 200)));
    }

    public string Address { get; }

    /// <summary>In the order in which they came, refused ones too.</summary>
    public ConcurrentQueue<Request> Requests { get; } = new();

    public void Dispose()
    {
        listener.Close();
        serving.Wait();
    }

    public static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }

    private async Task ServeAsync(Func<int, int> answer)
    {
        try
        {
            for (var number = 1; ; number++)
            {
                var context = await listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                Requests.Enqueue(new(context.Request.Url!.AbsolutePath, context.Request.Headers.AllKeys.ToDictionary(k => k!, k => context.Request.Headers[k]!, StringComparer.OrdinalIgnoreCase), body.ToArray()));
                context.Response.StatusCode = answer(number);
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // Closed.
        }
    }
}
