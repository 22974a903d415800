using System.Buffers;
using System.Text;

namespace Pipeline.Data.Cleaning;

/// <summary>Removes what is not seen and not meant: C0 and C1 controls, zero-width space, byte order marks, soft hyphens, bidirectional controls. Joiners stay: scripts and emoji need them.</summary>
internal static class ControlCharacters
{
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
                copied = ++at;
            }

            var next = text.AsSpan(at).IndexOfAny(Suspects);
            if (next < 0) break;
            at += next;
        }

        return cleaned is null ? text : cleaned.Append(text, copied, text.Length - copied).ToString();
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
