using System.Net;
using System.Net.Sockets;

namespace Pipeline.Data.Crawling;

/// <summary>Connections to public addresses alone. Looked at when connecting: a name that leads elsewhere the second time it is asked for gains nothing.</summary>
/// <param name="allowPrivate">Whether a host may be of a private network: one that was named by whoever wrote the pipeline, and not by a page.</param>
/// <param name="resolve">Addresses of a host; null asks the system.</param>
/// <param name="remedy">What is said to whoever means such an address.</param>
internal sealed class GuardedConnections(Func<string, bool> allowPrivate, Func<string, CancellationToken, Task<IPAddress[]>>? resolve, string remedy)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    /// <summary>No cookies, no credentials, no proxy, and no redirect that nobody has looked at.</summary>
    public SocketsHttpHandler Handler(int perHost) => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectCallback = ConnectAsync,
        ConnectTimeout = Longest,
        MaxConnectionsPerServer = perHost,
        MaxResponseHeadersLength = 64,
        MaxResponseDrainSize = 0,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        PreAuthenticate = false,
        UseCookies = false,
        UseProxy = false,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host.Trim('[', ']'), context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await (resolve is null ? Dns.GetHostAddressesAsync(host, cancellation) : resolve(host, cancellation));
        var allowed = allowPrivate(host) ? addresses : [.. addresses.Where(PublicAddresses.Contain)];
        if (allowed.Length == 0) throw new PrivateAddressException(addresses.Length == 0 ? $"{host} has no address" : $"{host} leads to {addresses[0]}, which is not of the public network{remedy}");
        Exception? last = null;
        foreach (var address in allowed)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception e) when (e is SocketException)
            {
                socket.Dispose();
                last = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last!;
    }
}

internal sealed class PrivateAddressException(string message) : IOException(message);
