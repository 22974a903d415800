using System.Globalization;
using System.Net;
using System.Text;

namespace Pipeline.Data.Extraction;

/// <summary>Character references as browsers read them: numbers of Windows-1252's controls stand for its letters, and the oldest names need no semicolon.</summary>
internal static class Entities
{
    private const int LongestName = 32;
    private static readonly string[] Bare = ["nbsp", "amp", "quot", "copy", "reg", "lt", "gt"];
    private const string Windows1252 = "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";

    /// <returns>Characters written, never more than were read.</returns>
    public static int Decode(ReadOnlySpan<char> text, Span<char> target)
    {
        var written = 0;
        while (!text.IsEmpty)
        {
            var next = text.IndexOf('&');
            if (next < 0) next = text.Length;
            text[..next].CopyTo(target[written..]);
            written += next;
            text = text[next..];
            if (text.IsEmpty) break;
            var (length, count) = One(text, target[written..]);
            if (length == 0)
            {
                (length, count) = (1, 1);
                target[written] = '&';
            }

            written += count;
            text = text[length..];
        }

        return written;
    }

    public static string Decode(string text)
    {
        if (!text.Contains('&', StringComparison.Ordinal)) return text;
        var target = new char[text.Length];
        return new(target, 0, Decode(text, target));
    }

    private static (int Read, int Written) One(ReadOnlySpan<char> text, Span<char> target)
    {
        if (text.Length > 2 && text[1] == '#') return Number(text, target);
        var end = 1;
        while (end < text.Length && end < LongestName && char.IsAsciiLetterOrDigit(text[end])) end++;
        if (end < text.Length && text[end] == ';' && end > 1)
        {
            var decoded = WebUtility.HtmlDecode(text[..(end + 1)].ToString());
            if (decoded.Length <= end)
            {
                decoded.CopyTo(target);
                return (end + 1, decoded.Length);
            }
        }

        foreach (var name in Bare)
        {
            if (!text[1..].StartsWith(name) || (text.Length > name.Length + 1 && (text[name.Length + 1] == '=' || char.IsAsciiLetterOrDigit(text[name.Length + 1])))) continue;
            target[0] = WebUtility.HtmlDecode($"&{name};")[0];
            return (name.Length + 1, 1);
        }

        return (0, 0);
    }

    private static (int Read, int Written) Number(ReadOnlySpan<char> text, Span<char> target)
    {
        var hex = text[2] is 'x' or 'X';
        var start = hex ? 3 : 2;
        var end = start;
        while (end < text.Length && end < start + 8 && (hex ? char.IsAsciiHexDigit(text[end]) : char.IsAsciiDigit(text[end]))) end++;
        if (end == start || !int.TryParse(text[start..end], hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var code)) return (0, 0);
        if (code is >= 0x80 and <= 0x9f) code = Windows1252[code - 0x80];
        var rune = code != 0 && Rune.TryCreate(code, out var valid) ? valid : Rune.ReplacementChar;
        if (end < text.Length && text[end] == ';') end++;
        return (end, rune.EncodeToUtf16(target));
    }
}
