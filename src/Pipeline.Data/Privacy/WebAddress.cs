using System.Buffers;

namespace Pipeline.Data.Privacy;

/// <summary>
/// Where an address of the web ends: characters of RFC 3986 and letters of alphabets that set words apart; not at a closing bracket without its opening one, nor in marks of the sentence around it (as autolinks of GitHub).
/// A host may be an IPv6 address in square brackets.
/// </summary>
internal static class WebAddress
{
    private const int LongestHost = 255;
    private const string Trailing = ".,;:!?'*_~-&";

    private static readonly SearchValues<char> All = SearchValues.Create([.. "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'()*+,;=%", .. Enumerable.Range(0xaa, 0xe00 - 0xaa).Select(i => (char)i).Where(IsForeign)]);
    private static readonly SearchValues<char> Brackets = SearchValues.Create("()[]");

    /// <summary>Characters of the address behind its scheme; 0 where there is none.</summary>
    /// <param name="before">What stands before the scheme, so that an address in quotation marks ends with them; a blank at the start of a text.</param>
    public static int LengthOf(ReadOnlySpan<char> body, char before)
    {
        var host = HostInBrackets(body);
        if (host == 0 && (body.IsEmpty || !char.IsLetterOrDigit(body[0]) || !All.Contains(body[0]))) return 0;
        var length = body[host..].IndexOfAnyExcept(All) is >= 0 and var stop ? host + stop : body.Length;
        if (before == '\'' && body[..length].IndexOf('\'') is > 0 and var quote) length = quote;
        length = Balanced(body[..length], host);
        return body[..length].TrimEnd(Trailing) is var trimmed && trimmed.Length < host ? host : trimmed.Length;
    }

    private static int HostInBrackets(ReadOnlySpan<char> body)
    {
        if (body is not ['[', ..]) return 0;
        var close = body[..Math.Min(body.Length, LongestHost)].IndexOf(']');
        return close > 2 && body[1..close].Contains(':') && System.Net.IPAddress.TryParse(body[1..close], out _) ? close + 1 : 0;
    }

    /// <summary>Up to the first bracket that closes none, or that nothing closes at the end; square ones that nothing closes begin the text of a link.</summary>
    private static int Balanced(ReadOnlySpan<char> body, int from)
    {
        var (round, square, lastOpen, lastSquare) = (0, 0, -1, -1);
        for (var at = from; at < body.Length && body[at..].IndexOfAny(Brackets) is >= 0 and var found; at++)
        {
            at += found;
            switch (body[at])
            {
                case '(': round++; break;
                case '[': square++; break;
                case ')' when --round < 0: return at;
                case ']' when --square < 0: return at;
            }

            if (body[at] is '(' or '[') lastOpen = at;
            if (body[at] == '[' && square == 1) lastSquare = at;
        }

        if (square > 0) return lastSquare;
        return round > 0 && lastOpen == body.Length - 1 ? lastOpen : body.Length;
    }

    private static bool IsForeign(char c) => char.IsLetter(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.NonSpacingMark;
}
