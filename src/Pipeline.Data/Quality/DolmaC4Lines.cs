using System.Globalization;
using System.Text;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Quality;

/// <summary>C4's rules as dolma reads them: a document is dropped for what any of its lines has, and what is left loses lines, each with its line feed. A line is what <c>str.strip</c> leaves of it.</summary>
internal sealed class DolmaC4Lines
{
    private const string Prefix = "dolma_c4.", Javascript = "javascript", LoremIpsum = "lorem ipsum";

    private enum Rule
    {
        BlockedWords,
        Javascript,
        LoremIpsum,
        CurlyBracket,
        TerminalPunctuation,
        FewWords,
        Empty,
    }

    private readonly DolmaC4Limits limits;
    private readonly int first;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> blockedWords;
    private readonly string[] blockedPhrases;

    /// <param name="first">The number of the first of its rules in a funnel.</param>
    public DolmaC4Lines(DolmaC4Limits limits, int first)
    {
        (this.limits, this.first) = (limits, first);
        blockedWords = limits.BlockedWords.Where(w => !w.Contains(' ')).ToHashSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
        blockedPhrases = [.. limits.BlockedWords.Where(w => w.Contains(' '))];
        Rules =
        [
            (Prefix + "blocked_words", Text(limits.BlockedWords.Count)), (Prefix + "javascript", OnOff(limits.Javascript)), (Prefix + "lorem_ipsum", OnOff(limits.LoremIpsum)), (Prefix + "curly_bracket", OnOff(limits.CurlyBracket)),
            (Prefix + "terminal_punctuation", OnOff(limits.TerminalPunctuation)), (Prefix + "words_per_line", Text(limits.WordsPerLine)), (Prefix + "empty", null),
        ];
    }

    public IReadOnlyList<(string Rule, string? Threshold)> Rules { get; }

    /// <summary>The text of the lines that are left; null where the document is dropped.</summary>
    public string? Apply(Document document, string text, FunnelTally tally)
    {
        StringBuilder? kept = null;
        var cuts = new List<(Rule Rule, int Start, int Length, int Words)>();
        (Rule Rule, string Value)? drop = null;
        for (var start = 0; start <= text.Length;)
        {
            var end = text.IndexOf('\n', start) is >= 0 and var feed ? feed : text.Length;
            var line = Strip(text.AsSpan(start, end - start));
            var words = Words(line, ref drop);
            Look(line, ref drop);
            var after = Math.Min(end + 1, text.Length);
            var cut = limits.TerminalPunctuation && line is not [.., '.' or '?' or '!' or '"'] ? Rule.TerminalPunctuation : words < limits.WordsPerLine ? Rule.FewWords : (Rule?)null;
            if (cut is { } rule)
            {
                kept ??= new StringBuilder(text, 0, start, text.Length);
                if (after > start) cuts.Add((rule, start, after - start, words));
            }
            else
            {
                kept?.Append(text, start, after - start);
            }

            start = end + 1;
        }

        if (drop is { } dropped) return Dropped(dropped.Rule, dropped.Value);
        var left = kept?.ToString() ?? text;
        if (string.IsNullOrWhiteSpace(left)) return Dropped(Rule.Empty, "0");
        foreach (var (rule, start, length, words) in cuts) tally.Cut(first + (int)rule, document.Id, text, start, length, rule == Rule.FewWords ? Text(words) : "line");
        return left.Length == text.Length ? text : left;

        string? Dropped(Rule rule, string value)
        {
            tally.Dropped(first + (int)rule, document.Id, document.Text, text.Length, value);
            return null;
        }
    }

    /// <summary>How many words a line has, and whether one of them drops the document: the first rule of the list that does.</summary>
    private int Words(ReadOnlySpan<char> line, ref (Rule Rule, string Value)? drop)
    {
        var words = 0;
        for (var at = 0; at < line.Length; at++)
        {
            if (IsBlank(line[at])) continue;
            var start = at;
            for (at++; at < line.Length && !IsBlank(line[at]);) at++;
            words++;
            var word = line[start..at];
            if (limits.BlockedWords.Count > 0 && blockedWords.Contains(word)) Take(Rule.BlockedWords, word, ref drop);
            else if (limits.Javascript && word.Equals(Javascript, StringComparison.OrdinalIgnoreCase)) Take(Rule.Javascript, Javascript, ref drop);
        }

        return words;
    }

    private void Look(ReadOnlySpan<char> line, ref (Rule Rule, string Value)? drop)
    {
        foreach (var phrase in blockedPhrases)
            if (line.Contains(phrase, StringComparison.OrdinalIgnoreCase)) Take(Rule.BlockedWords, phrase, ref drop);
        if (limits.LoremIpsum && line.Contains(LoremIpsum, StringComparison.OrdinalIgnoreCase)) Take(Rule.LoremIpsum, LoremIpsum, ref drop);
        if (limits.CurlyBracket && line.Contains('{')) Take(Rule.CurlyBracket, "{", ref drop);
    }

    private static void Take(Rule rule, ReadOnlySpan<char> value, ref (Rule Rule, string Value)? drop)
    {
        if (drop is null || rule < drop.Value.Rule) drop = (rule, value.ToString());
    }

    private static ReadOnlySpan<char> Strip(ReadOnlySpan<char> line)
    {
        while (line.Length > 0 && IsBlank(line[0])) line = line[1..];
        while (line.Length > 0 && IsBlank(line[^1])) line = line[..^1];
        return line;
    }

    /// <summary>As Python's <c>str.isspace</c>.</summary>
    private static bool IsBlank(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';

    private static string OnOff(bool on) => on ? "on" : "off";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
