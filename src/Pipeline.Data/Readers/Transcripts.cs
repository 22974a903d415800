using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Pipeline.Data.Readers;

/// <summary>Transcripts in Markdown, whose paragraphs begin with <c>**Speaker:**</c>.</summary>
internal static class Transcripts
{
    private const int Least = 3;
    private const int LongestName = 60;
    private const int MostSpeakers = 1000;

    /// <summary>Who speaks, in the order of their first words; none where fewer than three paragraphs, or than a fifth, begin so.</summary>
    public static List<string> Speakers(MarkdownDocument tree)
    {
        var (paragraphs, spoken, speakers, seen) = (0, 0, new List<string>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var paragraph in tree.OfType<ParagraphBlock>())
        {
            paragraphs++;
            if (paragraph.Inline?.FirstChild is not EmphasisInline { DelimiterCount: 2 } bold || Name(bold) is not { } name) continue;
            spoken++;
            if (seen.Count < MostSpeakers && seen.Add(name)) speakers.Add(name);
        }

        return spoken >= Least && spoken * 5 >= paragraphs ? speakers : [];
    }

    private static string? Name(EmphasisInline bold)
    {
        var text = string.Concat(bold.OfType<LiteralInline>().Select(l => l.Content.ToString()));
        return text.EndsWith(':') && text.Length is > 1 and <= LongestName ? text[..^1].Trim() : null;
    }
}
