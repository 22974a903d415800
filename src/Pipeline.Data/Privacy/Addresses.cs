using System.Buffers;
using System.Text;

namespace Pipeline.Data.Privacy;

/// <summary>Finds web and mail addresses by scanning from the one character that each must have.</summary>
internal static class Addresses
{
    public const string UrlPlaceholder = "[URL]";
    public const string EmailPlaceholder = "[EMAIL]";
    public const string HandlePlaceholder = "[HANDLE]";

    private const int LongestHandle = 30;

    private static readonly SearchValues<string> UrlStarts = SearchValues.Create(["http://", "https://", "ftp://", "www."], StringComparison.OrdinalIgnoreCase);
    private static readonly SearchValues<char> UrlEnds = SearchValues.Create([' ', '<', '>', '"', '`', '|', '\\', '^', '{', '}', '\u00a0', .. Enumerable.Range(0, 32).Select(i => (char)i)]);
    private static readonly SearchValues<char> Local = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-");
    private static readonly SearchValues<char> Domain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");

    public static string Urls(string text, Treatment treatment) => treatment == Treatment.Keep ? text : Replace(text, treatment == Treatment.Remove ? "" : UrlPlaceholder, NextUrl);

    public static string Emails(string text, Treatment treatment) => treatment == Treatment.Keep ? text : Replace(text, treatment == Treatment.Remove ? "" : EmailPlaceholder, NextEmail);

    public static string Handles(string text, Treatment treatment) => treatment == Treatment.Keep ? text : Replace(text, treatment == Treatment.Remove ? "" : HandlePlaceholder, NextHandle);

    private delegate (int Start, int End) Finder(ReadOnlySpan<char> text, int from);

    private static string Replace(string text, string replacement, Finder next)
    {
        var (start, end) = next(text, 0);
        if (start < 0) return text;
        var replaced = new StringBuilder(text.Length);
        var copied = 0;
        while (start >= 0)
        {
            replaced.Append(text, copied, start - copied).Append(replacement);
            copied = end;
            (start, end) = next(text, end);
        }

        return replaced.Append(text, copied, text.Length - copied).ToString();
    }

    private static (int Start, int End) NextUrl(ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length && text[from..].IndexOfAny(UrlStarts) is >= 0 and var found)
        {
            var start = from + found;
            var head = text[start] is 'w' or 'W' ? 4 : text[start..].IndexOf("//") + 2;
            var body = text[(start + head)..];
            var length = body.IndexOfAny(UrlEnds) is >= 0 and var stop ? stop : body.Length;
            // A sentence or bracket may end where the address ends.
            length = body[..length].TrimEnd(".,;:!?)]'*_-").Length;
            from = start + head + length;
            var word = start > 0 && char.IsLetterOrDigit(text[start - 1]);
            if (length > 0 && !word && char.IsLetterOrDigit(body[0])) return (start, from);
        }

        return (-1, -1);
    }

    /// <summary>@ and letters, digits and underscores, with nothing before it that a mail address could have.</summary>
    private static (int Start, int End) NextHandle(ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length && text[from..].IndexOf('@') is >= 0 and var found)
        {
            var start = from + found;
            var end = start + 1;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_')) end++;
            from = end;
            var free = (start == 0 || !(char.IsLetterOrDigit(text[start - 1]) || text[start - 1] is '_' or '.' or '-' or '+' or '/' or '@')) && !(end < text.Length && text[end] is '@' or '(' or '/');
            if (free && end - start - 1 is > 1 and <= LongestHandle && !text[(start + 1)..end].ContainsAnyExcept(Local) && text[(start + 1)..end].ContainsAny(Letters)) return (start, end);
        }

        return (-1, -1);
    }

    internal static (int Start, int End) NextEmail(ReadOnlySpan<char> text, int from)
    {
        var least = from;
        while (from < text.Length && text[from..].IndexOf('@') is >= 0 and var found)
        {
            var at = from + found;
            var start = at;
            while (start > least && at - start < 64 && Local.Contains(text[start - 1])) start--;
            var rest = text.Slice(at + 1, Math.Min(255, text.Length - at - 1));
            var domain = (rest.IndexOfAnyExcept(Domain) is >= 0 and var stop ? rest[..stop] : rest).TrimEnd(".-");
            var dot = domain.LastIndexOf('.');
            from = at + 1;
            if (start < at && dot > 0 && domain.Length - dot > 2 && !domain[(dot + 1)..].ContainsAnyExcept(Letters)) return (start, at + 1 + domain.Length);
        }

        return (-1, -1);
    }

    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
}
