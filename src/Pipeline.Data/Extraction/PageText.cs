using System.Text;

namespace Pipeline.Data.Extraction;

internal static class PageText
{
    /// <summary>All text of a node on one line.</summary>
    public static string Of(PageTree page, int node)
    {
        var text = new StringBuilder();
        for (var at = node; at < page.End(node); at++)
        {
            if (page[at] == Tag.Text) Append(text, page.Text(at));
            else if (page[at].Is(Traits.Unseen) && at != node) at = page.End(at) - 1;
            else if (!page[at].Is(Traits.Phrasing) || page[at] == Tag.Br) Append(text, " ");
        }

        return text.ToString().Trim();
    }

    private static void Append(StringBuilder text, ReadOnlySpan<char> run)
    {
        foreach (var c in run)
        {
            if (!char.IsWhiteSpace(c)) text.Append(c);
            else if (text.Length > 0 && text[^1] != ' ') text.Append(' ');
        }
    }
}
