using System.Text;

namespace Pipeline.Data.Readers;

/// <summary>Lines as paragraphs: a gap, an indent or another size of letters begins one; across columns and pages a sentence goes on. A word broken by a hyphen is mended, unless the document has it with the hyphen elsewhere.</summary>
internal static class PdfParagraphs
{
    public static string Join(List<List<PdfLine>> pages)
    {
        var hyphenated = Hyphenated(pages);
        var text = new StringBuilder();
        PdfLine? before = null;
        foreach (var page in pages)
        {
            var left = page.GroupBy(l => l.Region).ToDictionary(g => g.Key, g => Mode(g.Select(l => Math.Round(l.Left))));
            var first = true;
            foreach (var line in page)
            {
                if (before is not null) Append(text, before, line, Begins(before, line, first, left), hyphenated);
                else text.Append(line.Text);
                (before, first) = (line, false);
            }
        }

        return text.ToString();
    }

    private static bool Begins(PdfLine before, PdfLine line, bool newPage, Dictionary<int, double> left)
    {
        var indented = line.Left - left[line.Region] > .8 * line.Height;
        if (Math.Abs(before.Height - line.Height) > .15 * line.Height) return true;
        // Another column or page: the sentence goes on where it had not ended.
        if (newPage || before.Region != line.Region) return EndsSentence(before.Text) || indented || !(char.IsLower(line.Text[0]) || before.Text.EndsWith('-') || before.Text.EndsWith(','));
        if (before.Bottom - line.Bottom > 2.6 * line.Height) return true;
        return indented && !(before.Left - left[line.Region] > .8 * line.Height && Math.Abs(before.Left - line.Left) < .5 * line.Height);
    }

    private static void Append(StringBuilder text, PdfLine before, PdfLine line, bool begins, HashSet<string> hyphenated)
    {
        if (begins)
        {
            text.Append("\n\n").Append(line.Text);
            return;
        }

        if (before.Text.Length > 1 && before.Text[^1] is '-' or '\u00ad' or '\u2010' && char.IsLetter(before.Text[^2]) && char.IsLower(line.Text[0]))
        {
            var word = Last(before.Text) + First(line.Text);
            if (before.Text[^1] == '\u00ad' || !hyphenated.Contains(word.ToLowerInvariant())) text.Length--;
            text.Append(line.Text);
            return;
        }

        text.Append(' ').Append(line.Text);
    }

    /// <summary>Words with a hyphen inside a line: those keep it at the end of one.</summary>
    private static HashSet<string> Hyphenated(List<List<PdfLine>> pages)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in pages.SelectMany(p => p))
            foreach (var word in line.Text.Split(' '))
                if (word.IndexOf('-', StringComparison.Ordinal) is > 0 and var at && at < word.Length - 1) words.Add(word.Trim('.', ',', ';', ':', '“', '”', '(', ')').ToLowerInvariant());
        return words;
    }

    private static string Last(string line) => line[(line.LastIndexOf(' ') + 1)..].TrimStart('“', '(');

    private static string First(string line) => line.Split(' ')[0].Trim('.', ',', ';', ':', '”', ')');

    private static bool EndsSentence(string line) => line.TrimEnd() is [.., '.' or '!' or '?' or '"' or '”' or '’' or ':' or ')' or '。'];

    private static double Mode(IEnumerable<double> values) => values.GroupBy(v => v).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).First().Key;
}
