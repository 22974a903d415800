using System.Net;
using System.Net.Sockets;

namespace Pipeline.TestKit;

/// <summary>A bad line to a server on loopback: connections that are slow, are reset half way, or lead nowhere while <see cref="Down"/>. What befalls which connection follows from the seed.</summary>
public sealed class FlakyProxy : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ended = new();
    private readonly Random random;
    private readonly Uri server;
    private readonly double resets;
    private readonly TimeSpan delay;

    /// <param name="resets">The share of the answers' pieces at which the connection is reset.</param>
    /// <param name="delay">The longest that a piece of an answer is held back.</param>
    public FlakyProxy(Uri server, int seed, double resets, TimeSpan delay)
    {
        (this.server, this.resets, this.delay) = (server, resets, delay);
        random = new Random(seed);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = Task.Run(Accept);
    }

    public int Port { get; }

    /// <summary>Connections are taken and never answered.</summary>
    public volatile bool Down;

    /// <summary>How many connections were reset.</summary>
    public int Resets { get; private set; }

    public void Dispose()
    {
        ended.Cancel();
        listener.Stop();
    }

    private async Task Accept()
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(ended.Token);
                _ = Task.Run(() => Serve(client));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task Serve(TcpClient client)
    {
        using var upstream = new TcpClient();
        using (client)
        {
            try
            {
                await upstream.ConnectAsync(server.Host, server.Port, ended.Token);
                var there = client.GetStream().CopyToAsync(upstream.GetStream(), ended.Token);
                await Answer(upstream.GetStream(), client);
                await there;
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side hung up, or we did.
            }
        }
    }

    private async Task Answer(NetworkStream from, TcpClient client)
    {
        var buffer = new byte[64 << 10];
        while (await from.ReadAsync(buffer, ended.Token) is > 0 and var read)
        {
            double chance, wait;
            lock (random) (chance, wait) = (random.NextDouble(), random.NextDouble());
            await Task.Delay(delay * wait, ended.Token);
            while (Down) await Task.Delay(20, ended.Token);
            if (chance < resets)
            {
                Resets++;
                // Half of the piece, and then a reset instead of an end.
                await client.GetStream().WriteAsync(buffer.AsMemory(0, read / 2), ended.Token);
                client.LingerState = new LingerOption(true, 0);
                client.Close();
                return;
            }

            await client.GetStream().WriteAsync(buffer.AsMemory(0, read), ended.Token);
        }

        client.Client.Shutdown(SocketShutdown.Send);
    }
}
