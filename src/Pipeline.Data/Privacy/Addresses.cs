using System.Buffers;
using System.Text;

namespace Pipeline.Data.Privacy;

/// <summary>Finds web and mail addresses by scanning from the one character that each must have.</summary>
internal static class Addresses
{
    public const string UrlPlaceholder = "[URL]";
    public const string EmailPlaceholder = "[EMAIL]";
    public const string HandlePlaceholder = "[HANDLE]";

    private const int LongestHandle = 30, LongestLocal = 64, LongestDomain = 255;

    private static readonly SearchValues<string> UrlStarts = SearchValues.Create(["http://", "https://", "ftp://", "www."], StringComparison.OrdinalIgnoreCase);
    /// <summary>The two noncharacters stand where code was taken out.</summary>
    private static readonly SearchValues<char> UrlEnds = SearchValues.Create([' ', '<', '>', '"', '`', '|', '\\', '^', '{', '}', '\u00a0', '\ufdd0', '\ufdd2', .. Enumerable.Range(0, 32).Select(i => (char)i)]);
    private static readonly SearchValues<char> Local = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-");
    private static readonly SearchValues<char> Domain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");

    public static string Urls(string text, Treatment treatment) => treatment == Treatment.Keep ? text : Replace(text, treatment == Treatment.Remove ? "" : UrlPlaceholder, NextUrl);

    public static string Emails(string text, Treatment treatment) => treatment == Treatment.Keep ? text : Replace(text, treatment == Treatment.Remove ? "" : EmailPlaceholder, NextEmail);

    public static string Handles(string text, Treatment treatment) => treatment == Treatment.Keep ? text : Replace(text, treatment == Treatment.Remove ? "" : HandlePlaceholder, NextHandle);

    /// <summary>Changes all but the web and mail addresses of a text.</summary>
    public static string Outside(string text, Func<string, string> change)
    {
        var spans = Spans(text);
        if (spans.Count == 0) return change(text);
        var (changed, at) = (new StringBuilder(text.Length), 0);
        foreach (var (start, end) in spans)
        {
            changed.Append(change(text[at..start])).Append(text, start, end - start);
            at = end;
        }

        return changed.Append(change(text[at..])).ToString();
    }

    /// <summary>Web and mail addresses, ascending, none within another.</summary>
    public static List<(int Start, int End)> Spans(string text)
    {
        var spans = new List<(int Start, int End)>();
        var (url, mail) = (NextUrl(text, 0), NextEmail(text, 0));
        for (var at = 0; url.Start >= 0 || mail.Start >= 0;)
        {
            var first = mail.Start < 0 || (url.Start >= 0 && url.Start <= mail.Start) ? url : mail;
            if (first.Start >= at) spans.Add(first);
            at = Math.Max(at, first.End);
            if (first == url) url = NextUrl(text, first.End);
            else mail = NextEmail(text, first.End);
        }

        return spans;
    }

    private delegate (int Start, int End) Finder(ReadOnlySpan<char> text, int from);

    private static string Replace(string text, string replacement, Finder next)
    {
        var (start, end) = next(text, 0);
        if (start < 0) return text;
        var replaced = new StringBuilder(text.Length);
        var (copied, places) = (0, new List<int>());
        HashSet<string>? defined = null;
        while (start >= 0)
        {
            var found = end;
            if (replacement.Length > 0)
            {
                replaced.Append(text, copied, start - copied).Append(replacement);
                copied = end;
            }
            else if (LinkDefinition.Around(text, copied, start, end) is { } definition)
            {
                replaced.Append(text, copied, definition.Start - copied);
                (copied, defined) = (definition.End, defined ?? new(StringComparer.OrdinalIgnoreCase));
                defined.Add(definition.Label);
            }
            else
            {
                var gone = Removal.Around(text, copied, start, end, replaced.ToString(Math.Max(0, replaced.Length - Removal.Head), Math.Min(replaced.Length, Removal.Head)));
                replaced.Append(text, copied, gone.From - copied).Append(text, gone.LabelFrom, gone.LabelTo - gone.LabelFrom);
                places.Add(replaced.Length);
                copied = gone.To;
            }

            (start, end) = next(text, Math.Max(found, copied));
        }

        var left = Removal.WithoutBareLines(replaced.Append(text, copied, text.Length - copied).ToString(), places);
        return defined is null ? left : RestLinks.Resolve(LinkDefinition.Resolve(left, defined), defined);
    }

    internal static (int Start, int End) NextUrl(ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length && text[from..].IndexOfAny(UrlStarts) is >= 0 and var found)
        {
            var start = from + found;
            var head = text[start] is 'w' or 'W' ? 4 : text[start..].IndexOf("//") + 2;
            var length = WebAddress.LengthOf(text[(start + head)..], start > 0 ? text[start - 1] : ' ');
            from = start + head + length;
            var word = start > 0 && char.IsLetterOrDigit(text[start - 1]) && text[start - 1] < '\u0e00';
            if (length > 0 && !word) return (start, from);
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

    /// <summary>Letters may be of any alphabet that sets its words apart; <c>git@host:path</c> and the user of <c>scheme://user@host</c> are no mail address.</summary>
    internal static (int Start, int End) NextEmail(ReadOnlySpan<char> text, int from)
    {
        var least = from;
        while (from < text.Length && text[from..].IndexOf('@') is >= 0 and var found)
        {
            var at = from + found;
            var start = at;
            while (start > least && at - start < LongestLocal && (Local.Contains(text[start - 1]) || IsForeignLetter(text[start - 1]))) start--;
            while (start < at && text[start] == '.') start++;
            var domain = DomainAt(text, at + 1);
            from = at + 1;
            if (start < at && !domain.IsEmpty && !IsRemotePath(text[start..at], text[(at + 1 + domain.Length)..]) && !IsUserInfo(text, start)) return (start, at + 1 + domain.Length);
        }

        return (-1, -1);
    }

    /// <summary>Labels with dots between them, the last one a <see cref="TopLevelDomains">top-level domain</see>; empty where there is none.</summary>
    private static ReadOnlySpan<char> DomainAt(ReadOnlySpan<char> text, int at)
    {
        var end = at;
        while (end < text.Length && end - at < LongestDomain && (Domain.Contains(text[end]) || IsForeignLetter(text[end]))) end++;
        var domain = text[at..end].TrimEnd(".-");
        var dot = domain.LastIndexOf('.');
        if (dot <= 0) return default;
        var last = domain[(dot + 1)..];
        return TopLevelDomains.IsPlausible(last) ? domain : default;
    }

    /// <summary>Beyond ASCII, in scripts with blanks between words: elsewhere the words around an address would be taken for a part of it.</summary>
    private static bool IsForeignLetter(char c) => c is >= '\u00aa' and < '\u0e00' && (char.IsLetter(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.NonSpacingMark);

    /// <summary><c>user@host:path</c>, as git and scp have it.</summary>
    private static bool IsRemotePath(ReadOnlySpan<char> local, ReadOnlySpan<char> after)
    {
        if (after.Length < 2 || after[0] != ':' || char.IsWhiteSpace(after[1])) return false;
        after = after[1..Math.Min(after.Length, LongestDomain)];
        var path = after[..(after.IndexOfAny(UrlEnds) is >= 0 and var end ? end : after.Length)];
        return local is "git" or "hg" || path.Contains('/');
    }

    /// <summary>Whether what ends with an @ is in front of a host: nothing but a user and perhaps a password stands between it and the slashes.</summary>
    private static bool IsUserInfo(ReadOnlySpan<char> text, int start)
    {
        var before = text[Math.Max(0, start - LongestDomain)..start];
        before = before[(before.LastIndexOfAny(UrlEnds) + 1)..];
        var slashes = before.LastIndexOf("//");
        return slashes > 0 && before[slashes - 1] == ':' && !before[(slashes + 2)..].ContainsAny("/?#@");
    }

    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
}
