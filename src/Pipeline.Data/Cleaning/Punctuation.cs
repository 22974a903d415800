using System.Buffers;
using System.Text;

namespace Pipeline.Data.Cleaning;

internal static class Punctuation
{
    private static readonly SearchValues<char> Curly = SearchValues.Create("‘’‚‛“”„‟‐‑‒–—―−…");
    private static readonly SearchValues<char> Marks = SearchValues.Create("!?.,;:-_=*~#'\"/\\|+^<>");

    /// <summary>Typographic quotes, dashes and ellipses as a keyboard has them. Dashes and ellipses that are two or more, and those and quotes beside what Chinese, Japanese and Korean are written with, are marks of these languages and stay.</summary>
    public static string Plain(string text)
    {
        var at = text.AsSpan().IndexOfAny(Curly);
        if (at < 0) return text;
        var plain = new StringBuilder(text.Length + 16);
        var copied = 0;
        while (at >= 0)
        {
            if (EndOfEastern(text, at) is > 0 and var end)
            {
                plain.Append(text, copied, end - copied);
                copied = end;
                at = text.AsSpan(copied).IndexOfAny(Curly) is >= 0 and var later ? copied + later : -1;
                continue;
            }

            plain.Append(text, copied, at - copied).Append(text[at] switch
            {
                '‘' or '’' or '‚' or '‛' => "'",
                '“' or '”' or '„' or '‟' => "\"",
                '—' or '―' => IsRange(text, at) ? "-" : " - ",
                '…' => "...",
                _ => "-",
            });
            copied = at + 1;
            at = text.AsSpan(copied).IndexOfAny(Curly) is >= 0 and var next ? copied + next : -1;
        }

        return plain.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>Between two numbers, as printers of old set it; a number may have a sign of currency or of percent.</summary>
    private static bool IsRange(string text, int at)
    {
        if (at == 0 || !(char.IsAsciiDigit(text[at - 1]) || (text[at - 1] is '%' or '°' && at > 1 && char.IsAsciiDigit(text[at - 2])))) return false;
        return at + 1 < text.Length && (char.IsAsciiDigit(text[at + 1]) || (text[at + 1] is '$' or '€' or '£' && at + 2 < text.Length && char.IsAsciiDigit(text[at + 2])));
    }

    /// <summary>The place after a quote, or a run of one dash or ellipsis, that stays; 0 where it does not.</summary>
    private static int EndOfEastern(string text, int at)
    {
        var runs = text[at] is '—' or '―' or '…';
        if (!runs && text[at] is not ('‘' or '’' or '“' or '”')) return 0;
        var end = at + 1;
        while (runs && end < text.Length && text[end] == text[at]) end++;
        return end - at > 1 || (at > 0 && IsEastern(text[at - 1])) || (end < text.Length && IsEastern(text[end])) ? end : 0;
    }

    /// <summary>Of the blocks from CJK radicals to Hangul syllables, without blanks, and full-width forms.</summary>
    private static bool IsEastern(char c) => c is (>= '\u2e80' and <= '\ud7ff' and not '\u3000') or (>= '\uf900' and <= '\ufaff') or (>= '\uff01' and <= '\uffef');

    /// <summary>Cuts runs of one mark to <paramref name="most"/>. Lines that are nothing but a rule, such as those under a heading or between the rows of a table, stay.</summary>
    public static string Shorten(string text, int most)
    {
        if (most == 0) return text;
        StringBuilder? shortened = null;
        var copied = 0;
        var lines = new JudgedLine();
        for (var at = 0; at < text.Length;)
        {
            var found = text.AsSpan(at).IndexOfAny(Marks);
            if (found < 0) break;
            at += found;
            // Most marks stand alone.
            if (at + most >= text.Length || text[at + most] != text[at])
            {
                at++;
                continue;
            }

            var rest = text.AsSpan(at);
            var run = rest.IndexOfAnyExcept(rest[0]) is >= 0 and var end ? end : rest.Length;
            if (run > most && !lines.IsRule(text, at))
            {
                (shortened ??= new StringBuilder(text.Length)).Append(text, copied, at + most - copied);
                copied = at + run;
            }

            at += run;
        }

        return shortened is null ? text : shortened.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>The line that was last asked for, so that each is judged once.</summary>
    private sealed class JudgedLine
    {
        private int end;
        private bool rule;

        public bool IsRule(string text, int at)
        {
            if (at < end) return rule;
            var start = text.LastIndexOf('\n', at) + 1;
            end = text.IndexOf('\n', at) is >= 0 and var feed ? feed : text.Length;
            var line = text.AsSpan(start, end - start).Trim();
            // Titles are underlined with any mark.
            return rule = Columns.IsRule(line) || line.IndexOfAnyExcept(line[0]) < 0;
        }
    }
}
