using System.Buffers;
using System.Text;

namespace Pipeline.Data.Cleaning;

internal static class Punctuation
{
    private static readonly SearchValues<char> Curly = SearchValues.Create("‘’‚‛“”„‟‐‑‒–—―−…");
    private static readonly SearchValues<char> Marks = SearchValues.Create("!?.,;:-_=*~#'\"/\\|+^<>");

    /// <summary>Typographic quotes, dashes and ellipses as a keyboard has them.</summary>
    public static string Plain(string text)
    {
        var at = text.AsSpan().IndexOfAny(Curly);
        if (at < 0) return text;
        var plain = new StringBuilder(text.Length + 16);
        var copied = 0;
        while (at >= 0)
        {
            plain.Append(text, copied, at - copied).Append(text[at] switch
            {
                '‘' or '’' or '‚' or '‛' => "'",
                '“' or '”' or '„' or '‟' => "\"",
                '—' or '―' => " - ",
                '…' => "...",
                _ => "-",
            });
            copied = at + 1;
            at = text.AsSpan(copied).IndexOfAny(Curly) is >= 0 and var next ? copied + next : -1;
        }

        return plain.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>Cuts runs of one mark to <paramref name="most"/>.</summary>
    public static string Shorten(string text, int most)
    {
        if (most == 0) return text;
        StringBuilder? shortened = null;
        var copied = 0;
        for (var at = 0; at < text.Length;)
        {
            var found = text.AsSpan(at).IndexOfAny(Marks);
            if (found < 0) break;
            at += found;
            var rest = text.AsSpan(at);
            var run = rest.IndexOfAnyExcept(rest[0]) is >= 0 and var end ? end : rest.Length;
            if (run > most)
            {
                (shortened ??= new StringBuilder(text.Length)).Append(text, copied, at + most - copied);
                copied = at + run;
            }

            at += run;
        }

        return shortened is null ? text : shortened.Append(text, copied, text.Length - copied).ToString();
    }
}
