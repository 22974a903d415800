using System.Collections.Frozen;
using System.Net;

namespace Pipeline.Data.Privacy;

/// <summary>Internet addresses that can be of a person or a machine of theirs: globally routable and unicast by IANA's special-purpose registries (RFC 6890), and not of a public resolver, which stands in every manual.</summary>
internal static class PublicAddresses
{
    private static readonly FrozenSet<uint> Resolvers4 = (
        "8.8.8.8 8.8.4.4 1.1.1.1 1.0.0.1 1.1.1.2 1.0.0.2 1.1.1.3 1.0.0.3 9.9.9.9 149.112.112.112 9.9.9.10 149.112.112.10 9.9.9.11 149.112.112.11 208.67.222.222 208.67.220.220 208.67.222.123 208.67.220.123 "
        + "4.2.2.1 4.2.2.2 4.2.2.3 4.2.2.4 4.2.2.5 4.2.2.6 64.6.64.6 64.6.65.6 94.140.14.14 94.140.15.15 94.140.14.15 94.140.15.16 185.228.168.9 185.228.169.9 185.228.168.168 76.76.2.0 76.76.10.0 76.76.19.19 "
        + "8.26.56.26 8.20.247.20 84.200.69.80 84.200.70.40 77.88.8.8 77.88.8.1 114.114.114.114 114.114.115.115 223.5.5.5 223.6.6.6 119.29.29.29 180.76.76.76 168.126.63.1 168.126.63.2 101.101.101.101 193.110.81.0")
        .Split(' ').Select(a => BitConverter.ToUInt32(IPAddress.Parse(a).GetAddressBytes())).ToFrozenSet();

    private static readonly FrozenSet<IPAddress> Resolvers6 = (
        "2001:4860:4860::8888 2001:4860:4860::8844 2606:4700:4700::1111 2606:4700:4700::1001 2606:4700:4700::1112 2606:4700:4700::1002 2606:4700:4700::1113 2606:4700:4700::1003 2620:fe::fe 2620:fe::9 2620:fe::10 2620:fe::11 "
        + "2620:119:35::35 2620:119:53::53 2a10:50c0::ad1:ff 2a10:50c0::ad2:ff 2a0d:2a00:1::2 2a0d:2a00:2::2 2a02:6b8::feed:0ff 2a02:6b8:0:1::feed:0ff").Split(' ').Select(IPAddress.Parse).ToFrozenSet();

    /// <param name="p">Its four bytes.</param>
    public static bool IsPersonal(ReadOnlySpan<int> p) => p[0] is > 0 and < 224 and not (10 or 127)
        && !(p[0] == 100 && p[1] is >= 64 and < 128) && !(p[0] == 169 && p[1] == 254) && !(p[0] == 172 && p[1] is >= 16 and < 32)
        && !(p[0] == 192 && (p[1] == 168 || (p[1] == 0 && p[2] is 0 or 2) || (p[1] == 88 && p[2] == 99) || (p[1] == 31 && p[2] == 196) || (p[1] == 52 && p[2] == 193) || (p[1] == 175 && p[2] == 48)))
        && !(p[0] == 198 && (p[1] is 18 or 19 || (p[1] == 51 && p[2] == 100))) && !(p[0] == 203 && p[1] == 0 && p[2] == 113)
        && !Resolvers4.Contains(BitConverter.ToUInt32([(byte)p[0], (byte)p[1], (byte)p[2], (byte)p[3]]));

    /// <summary>Of 2000::/3 all but 2001::/23 (protocols), 2001:db8::/32 and 3fff::/20 (documentation), and 2002::/16 of private IPv4 addresses.</summary>
    public static bool IsPersonal(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        if (bytes[0] >> 5 != 1 || bytes is [0x20, 0x01, < 2, ..] or [0x20, 0x01, 0x0d, 0xb8, ..] || (bytes is [0x3f, 0xff, ..] && bytes[2] >> 4 == 0)) return false;
        if (bytes is [0x20, 0x02, ..] && !IsPersonal([bytes[2], bytes[3], bytes[4], bytes[5]])) return false;
        return !Resolvers6.Contains(address);
    }
}
