using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Pipeline.Data.Privacy;

/// <summary>Internet addresses by shape, bounds and <see cref="PublicAddresses"/>, and not versions. Four numbers below 50 are a version or a section unless what stands beside them says that they are an address.</summary>
internal static class InternetAddresses
{
    private const int LookBack = 32;
    private const int LargestSection = 50;

    private static readonly SearchValues<char> Version6Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

    private static readonly string[] AddressWords = ["ip", "ips", "ipv", "addr", "address", "addresses", "host", "hostname", "server", "client", "peer", "ping", "gateway", "router", "dns", "nameserver", "resolver", "proxy", "ssh", "telnet", "traceroute"];
    private static readonly string[] VersionWords = ["version", "versions", "ver", "v", "release", "releases", "build", "assembly", "revision", "rev", "firmware", "driver", "update", "upgrade", "section", "sections", "chapter", "chapters", "clause", "clauses", "figure", "table", "oid", "gcc", "kernel"];

    /// <summary>The place after a public IPv4 address; minus the place after four parts that are none, which nothing else should be found in; 0 where there are not four parts.</summary>
    public static int EndOfVersion4(ReadOnlySpan<char> text, int at)
    {
        Span<int> parts = stackalloc int[4];
        var end = at;
        for (var part = 0; part < 4; part++)
        {
            var start = end;
            var value = 0;
            while (end < text.Length && end - start < 3 && char.IsAsciiDigit(text[end])) value = (value * 10) + text[end++] - '0';
            if (end == start || value > 255 || (end - start > 1 && text[start] == '0')) return 0;
            parts[part] = value;
            if (part == 3) break;
            if (end >= text.Length || text[end] != '.') return 0;
            end++;
        }

        var bounded = Bounds.Begins(text, at) && (end >= text.Length || !(char.IsLetterOrDigit(text[end]) || text[end] == '_'))
            && !(end + 1 < text.Length && text[end] is '.' or '-' or '+' && char.IsLetterOrDigit(text[end + 1]));
        return bounded && PublicAddresses.IsPersonal(parts) && !IsVersion(text, at, end, parts) ? end : -end;
    }

    public static void FindVersion6(ReadOnlySpan<char> text, List<PersonalSpan> found)
    {
        for (var at = 0; at < text.Length && text[at..].IndexOf(':') is >= 0 and var next;)
        {
            at += next;
            // The public range 2000::/3 begins with four digits, so that names such as std::begin are none.
            var start = at - 4;
            at++;
            if (start < 0 || text[start] is not ('2' or '3') || (start > 0 && (char.IsLetterOrDigit(text[start - 1]) || text[start - 1] is ':' or '.' or '_' or '-'))) continue;
            var length = text[start..].IndexOfAnyExcept(Version6Characters) is >= 0 and var stop ? stop : text.Length - start;
            var window = text.Slice(start, Math.Min(length, 46)).TrimEnd(".:");
            if (window.Count(':') < 2 || !IPAddress.TryParse(window, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6) continue;
            var end = start + window.Length;
            if (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_')) continue;
            if (!PublicAddresses.IsPersonal(address)) continue;
            found.Add(new(PersonalKind.IpAddress, start, end));
            at = end;
        }
    }

    /// <summary>Four numbers that are a version (<c>4.0.0.0</c>, <c>Version=1.2.3.4</c>, <c>name/1.2.3.4</c>, <c>&gt;= 1.2.3.4</c>, <c>1.2.3.4</c> alone) or a section.</summary>
    private static bool IsVersion(ReadOnlySpan<char> text, int at, int end, ReadOnlySpan<int> parts)
    {
        if (parts[2] == 0 && parts[3] == 0) return true;
        if (Bounds.IsBehind(text, at, VersionWords)) return true;
        var before = text[Math.Max(0, at - LookBack)..at];
        if (before is [.., '/'] && before.Length > 1 && char.IsLetter(before[^2])) return true;
        var sign = before.TrimEnd(" \t\"'");
        if (sign is [.., '^' or '~'] or [.., '>' or '<' or '~', '='] or [.., '~', '>']) return true;
        foreach (var part in parts)
            if (part >= LargestSection) return false;
        return !IsCalledAddress(text, at, end);
    }

    /// <summary>A word or a scheme before it, a port or the length of a net behind it, or the rest of a line of a server's log.</summary>
    private static bool IsCalledAddress(ReadOnlySpan<char> text, int at, int end)
    {
        if (Bounds.IsBehind(text, at, AddressWords) || text[..at].EndsWith("://")) return true;
        var after = text[end..];
        return after is [':' or '/', >= '0' and <= '9', ..] || after.StartsWith(" - - [");
    }
}
