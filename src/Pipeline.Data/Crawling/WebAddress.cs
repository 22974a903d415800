using System.Buffers;
using System.Globalization;
using System.Text;

namespace Pipeline.Data.Crawling;

/// <summary>Addresses in one spelling, so that a page is known by one of them (RFC 3986, 6.2.2 and 6.2.3).</summary>
public static class WebAddress
{
    public const int MostCharacters = 2048;

    /// <summary>Parameters that say who came from where, or in which session, and not what is shown.</summary>
    public static IReadOnlyList<string> Tracking { get; } =
    [
        "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id", "gclid", "dclid", "fbclid", "msclkid", "mc_cid", "mc_eid", "yclid", "igshid",
        "jsessionid", "phpsessid", "aspsessionid", "sessionid", "session_id", "cfid", "cftoken",
    ];

    private static readonly SearchValues<char> Unreserved = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?@!$&'()*+,;=");

    /// <summary>Null for what is no address of http or https, holds a name or password, or is too long.</summary>
    /// <param name="from">The page that names it; null where it has to be whole.</param>
    /// <param name="dropped">Names of parameters left out, lower-case.</param>
    public static Uri? Normalize(string text, Uri? from, IReadOnlyCollection<string> dropped)
    {
        text = text.Trim(' ', '\t', '\r', '\n', '\f');
        if (text.Length is 0 or > 4 * MostCharacters) return null;
        try
        {
            if (!(from is null ? Uri.TryCreate(text, UriKind.Absolute, out var uri) : Uri.TryCreate(from, text, out uri))) return null;
            if (uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0 || uri.IdnHost.TrimEnd('.') is not { Length: > 0 } host) return null;
            var port = uri.IsDefaultPort ? "" : string.Create(CultureInfo.InvariantCulture, $":{uri.Port}");
            if (uri.HostNameType == UriHostNameType.IPv6) host = $"[{host.Trim('[', ']')}]";
            var query = Query(uri.Query, dropped);
            var written = $"{uri.Scheme}://{host.ToLowerInvariant()}{port}{Escapes(Path(uri.AbsolutePath, dropped))}{(query.Length > 0 ? "?" + Escapes(query) : "")}";
            return written.Length > MostCharacters || !Uri.TryCreate(written, UriKind.Absolute, out var normal) || normal.UserInfo.Length > 0 ? null : normal;
        }
        catch (Exception e) when (e is UriFormatException or ArgumentException or InvalidOperationException)
        {
            // Names of hosts that are none show themselves late.
            return null;
        }
    }

    /// <summary>Escapes in upper case, and only where they are needed; all that is no ASCII escaped as UTF-8.</summary>
    public static string Escapes(string text)
    {
        var written = new StringBuilder(text.Length);
        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
            {
                if (octet < 128 && Unreserved.Contains((char)octet)) written.Append((char)octet);
                else Append(octet);
                i += 2;
            }
            else if (Plain.Contains(text[i])) written.Append(text[i]);
            else
            {
                if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length) != OperationStatus.Done) rune = Rune.ReplacementChar;
                i += length - 1;
                foreach (var b in bytes[..rune.EncodeToUtf8(bytes)]) Append(b);
            }
        }

        return written.ToString();

        void Append(byte octet) => written.Append('%').Append(octet.ToString("X2", CultureInfo.InvariantCulture));
    }

    /// <summary>Without parameters of path segments that are dropped (<c>;jsessionid=…</c>).</summary>
    private static string Path(string path, IReadOnlyCollection<string> dropped)
    {
        if (!path.Contains(';', StringComparison.Ordinal)) return path;
        return string.Join('/', path.Split('/').Select(segment =>
        {
            var parts = segment.Split(';');
            return string.Join(';', parts.Where((part, i) => i == 0 || !IsDropped(part, dropped)));
        }));
    }

    private static string Query(string query, IReadOnlyCollection<string> dropped) =>
        string.Join('&', (query.Length > 0 ? query[1..] : "").Split('&', StringSplitOptions.RemoveEmptyEntries).Where(part => !IsDropped(part, dropped)));

    private static bool IsDropped(string part, IReadOnlyCollection<string> dropped) => dropped.Contains(part.Split('=', 2)[0].ToLowerInvariant());
}
