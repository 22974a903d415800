using System.Text;

namespace Pipeline.Cli.Reports;

/// <summary>Texts of unknown origin in XML: escaped, and without the characters that XML 1.0 does not have.</summary>
internal static class XmlText
{
    public static string Of(string text) => System.Net.WebUtility.HtmlEncode(Valid(MarkdownText.Visible(text)));

    /// <summary>What remains may stand in a document; line breaks and tabs stay.</summary>
    public static string Valid(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            // A half of a surrogate pair is enumerated as the replacement character.
            if (rune.Value is '\t' or '\n' or '\r' or (>= 0x20 and <= 0xd7ff) or (>= 0xe000 and <= 0xfffd) or >= 0x10000) kept.Append(rune);
        }

        return kept.ToString();
    }
}
