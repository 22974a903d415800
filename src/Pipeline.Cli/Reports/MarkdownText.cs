using System.Globalization;
using System.Text;

namespace Pipeline.Cli.Reports;

/// <summary>Texts of unknown origin on a page of Markdown: they are shown as they are and can be no table, link, tag, mention or picture.</summary>
internal static class MarkdownText
{
    /// <summary>In running text and in a cell. Every ASCII sign becomes an entity: to Markdown those are never structure.</summary>
    public static string Of(string text, int longest = 400)
    {
        var safe = new StringBuilder();
        foreach (var rune in Cut(OneLine(text), longest).EnumerateRunes())
        {
            if (rune.IsAscii && !char.IsAsciiLetterOrDigit((char)rune.Value) && rune.Value is not (' ' or '-' or ',')) safe.Append(CultureInfo.InvariantCulture, $"&#{rune.Value};");
            else safe.Append(rune);
        }

        return safe.ToString();
    }

    /// <summary>The same in the type of code, where GitHub looks for no mention.</summary>
    public static string Code(string text, int longest = 400) => $"<code>{Of(text, longest)}</code>";

    /// <summary>Lines as they are.</summary>
    public static string Block(IEnumerable<string> lines, int longest = 400) =>
        $"<pre>\n{string.Concat(lines.Select(l => System.Net.WebUtility.HtmlEncode(Cut(Visible(l), longest)) + "\n"))}</pre>\n";

    /// <summary>Without what no page should hold: control characters, colours of terminals, marks that turn the direction of writing.</summary>
    public static string Visible(string text)
    {
        var kept = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\u001b' && at + 1 < text.Length && text[at + 1] == '[')
            {
                for (at += 2; at < text.Length && text[at] is < '@' or > '~'; at++)
                {
                }

                continue;
            }

            if (text[at] == '\t') kept.Append(' ');
            else if (!char.IsControl(text[at]) && text[at] is not (>= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069' or '\u200e' or '\u200f' or '\ufffe' or '\uffff')) kept.Append(text[at]);
        }

        return kept.ToString();
    }

    private static string OneLine(string text) => Visible(text.ReplaceLineEndings(" "));

    private static string Cut(string text, int longest) => text.Length <= longest ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest), "…");
}
