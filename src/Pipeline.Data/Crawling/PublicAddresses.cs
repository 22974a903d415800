using System.Net;
using System.Net.Sockets;

namespace Pipeline.Data.Crawling;

/// <summary>Which addresses are of the public network. What a page names must not lead a crawler to the machines beside it.</summary>
public static class PublicAddresses
{
    /// <summary>The networks of IANA's special-purpose registries that are not globally reachable, with multicast.</summary>
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/96", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "64:ff9b:1::/48", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(n => IPNetwork.Parse(n)),
    ];

    /// <summary>Whether a host is known, without asking for its address, to be of another network: a number, or this machine.</summary>
    public static bool Exclude(Uri address) =>
        IPAddress.TryParse(address.Host.Trim('[', ']'), out var number) ? !Contain(number) : address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || address.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    public static bool Contain(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        // 168.63.129.16 is no special network, and yet the host of Azure's virtual machines.
        return !Array.Exists(Special, network => network.Contains(address)) && !address.Equals(IPAddress.Parse("168.63.129.16")) && (Within(address) is not { } inner || Contain(inner));
    }

    /// <summary>The IPv4 address that a translated one leads to (RFC 6052, RFC 3056).</summary>
    private static IPAddress? Within(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return null;
        var bytes = address.GetAddressBytes();
        if (bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0])) return new(bytes.AsSpan(12));
        return bytes[0] == 0x20 && bytes[1] == 0x02 ? new(bytes.AsSpan(2, 4)) : null;
    }
}
