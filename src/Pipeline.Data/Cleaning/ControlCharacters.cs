using System.Buffers;
using System.Text;

namespace Pipeline.Data.Cleaning;

/// <summary>Removes what is not seen and not meant: C0 and C1 controls, zero-width space, byte order marks, soft hyphens, bidirectional controls. With them go the colours of terminals (<c>ESC [ 1 m</c>), and what printers strike over. Joiners stay: scripts and emoji need them.</summary>
internal static class ControlCharacters
{
    private const char Escape = '\u001b';
    private const int LongestSequence = 32;

    private static readonly SearchValues<char> Suspects = SearchValues.Create(
        [.. Enumerable.Range(0, 0x10000).Select(i => (char)i).Where(c => c == '\0' || Replacement(c) != c || char.IsSurrogate(c))]);

    public static string Clean(string text)
    {
        var at = text.AsSpan().IndexOfAny(Suspects);
        if (at < 0) return text;
        StringBuilder? cleaned = null;
        var copied = 0;
        while (at < text.Length)
        {
            var c = text[at];
            var pair = char.IsHighSurrogate(c) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]);
            if (pair)
            {
                at += 2;
            }
            else
            {
                cleaned ??= new StringBuilder(text.Length);
                cleaned.Append(text, copied, at - copied);
                var replacement = c == '\r' && at + 1 < text.Length && text[at + 1] == '\n' ? '\0' : char.IsSurrogate(c) ? '\uFFFD' : Replacement(c);
                if (replacement != '\0') cleaned.Append(replacement);
                if (c == '\b') RemoveStruck(cleaned);
                at += c == Escape ? EscapeLength(text.AsSpan(at)) : 1;
                copied = at;
            }

            var next = text.AsSpan(at).IndexOfAny(Suspects);
            if (next < 0) break;
            at += next;
        }

        return cleaned is null ? text : cleaned.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>What stands before a backspace is printed again, in bold, or is the line under a letter.</summary>
    private static void RemoveStruck(StringBuilder cleaned)
    {
        if (cleaned.Length == 0 || cleaned[^1] == '\n') return;
        cleaned.Length -= cleaned.Length > 1 && char.IsLowSurrogate(cleaned[^1]) ? 2 : 1;
    }

    /// <summary>Of an escape sequence with parameters (ECMA-48), else of the escape alone.</summary>
    private static int EscapeLength(ReadOnlySpan<char> text)
    {
        if (text is not [_, '[', ..]) return 1;
        var end = 2;
        while (end < text.Length && end < LongestSequence && text[end] is >= ' ' and <= '?') end++;
        return end < text.Length && text[end] is >= '@' and <= '~' ? end + 1 : 1;
    }

    private static char Replacement(char c) => c switch
    {
        '\t' or '\n' => c,
        '\r' or '\f' or '\v' or '\u0085' or '\u2028' or '\u2029' => '\n',
        < ' ' or (>= '\u007f' and <= '\u009f') or '\u00ad' or '\u200b' or '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e')
            or (>= '\u2060' and <= '\u2064') or (>= '\u2066' and <= '\u206f') or '\ufeff' or (>= '\ufff9' and <= '\ufffb') => '\0',
        _ => c,
    };
}
