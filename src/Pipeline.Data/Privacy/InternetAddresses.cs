using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Pipeline.Data.Privacy;

/// <summary>Public internet addresses. Private, local, documentation and multicast ones belong to nobody.</summary>
internal static class InternetAddresses
{
    private const int LookBack = 32;
    private const int LargestSection = 50;

    private static readonly SearchValues<char> Version6Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>Blanks and what may stand before the number of a heading.</summary>
    private static readonly SearchValues<char> BeforeHeadings = SearchValues.Create([.. Enumerable.Range(0, char.MaxValue).Select(i => (char)i).Where(c => c != '\n' && char.IsWhiteSpace(c)), .. "-*+#"]);

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
        return bounded && IsPublic(parts) && !IsVersion(text, at, end, parts) ? end : -end;
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
            var bytes = address.GetAddressBytes();
            if (bytes is [0x20, 0x01, 0x0d, 0xb8, ..]) continue;
            found.Add(new(PersonalKind.IpAddress, start, end));
            at = end;
        }
    }

    private static bool IsPublic(ReadOnlySpan<int> p) => p[0] is > 0 and < 224 and not (10 or 127)
        && !(p[0] == 100 && p[1] is >= 64 and < 128) && !(p[0] == 169 && p[1] == 254) && !(p[0] == 172 && p[1] is >= 16 and < 32)
        && !(p[0] == 192 && (p[1] == 168 || (p[1] == 0 && p[2] is 0 or 2))) && !(p[0] == 198 && (p[1] is 18 or 19 || (p[1] == 51 && p[2] == 100))) && !(p[0] == 203 && p[1] == 0 && p[2] == 113);

    /// <summary>Four numbers that are a version (<c>4.0.0.0</c>, <c>Version=1.2.3.4</c>) or a section (<c>1.2.3.4 Scope</c> at the start of a line).</summary>
    private static bool IsVersion(ReadOnlySpan<char> text, int at, int end, ReadOnlySpan<int> parts)
    {
        if (parts[2] == 0 && parts[3] == 0) return true;
        if (Bounds.IsBehind(text, at, VersionWords)) return true;
        foreach (var part in parts)
            if (part >= LargestSection) return false;
        var before = text[Math.Max(0, at - LookBack)..at];
        if (before.Contains('§') || before.Contains("ection", StringComparison.Ordinal) || before.Contains("hapter", StringComparison.Ordinal)) return true;
        // A heading, perhaps of a list: 1.2.3.4. Scope.
        var other = text[..at].LastIndexOfAnyExcept(BeforeHeadings);
        if (other >= 0 && text[other] != '\n') return false;
        var line = text[(other + 1)..at].Trim();
        var rest = text[end..].TrimStart('.');
        return (line.IsEmpty || line is "-" or "*" or "+" or "#" or "##" or "###" or "####") && rest.Length > 1 && rest[0] is ' ' or '\u00a0' or '\t' && char.IsLetter(rest[1]);
    }
}
