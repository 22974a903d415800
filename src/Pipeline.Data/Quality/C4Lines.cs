using System.Buffers;
using System.Globalization;
using System.Text;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Quality;

/// <summary>C4's rules, which look at a line after the other, drop some, and drop the document for what a kept line holds.</summary>
internal sealed class C4Lines
{
    private const string Prefix = "c4.";

    private const string JavascriptPhrase = "javascript", LoremIpsumPhrase = "lorem ipsum";

    private static readonly string[] PolicyWords = ["terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies"];
    private static readonly SearchValues<string> PolicyPhrases = SearchValues.Create(PolicyWords, StringComparison.OrdinalIgnoreCase);
    private static readonly SearchValues<string> AllPhrases = SearchValues.Create([JavascriptPhrase, LoremIpsumPhrase, .. PolicyWords], StringComparison.OrdinalIgnoreCase);
    private static readonly SearchValues<char> WordBlanks = SearchValues.Create(" \t\u00a0\u3000\u2009\u200a\u2003\u2002\u202f\u205f\u1680\v\f");

    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\n\r\u0085\u2028\u2029");

    private enum Rule
    {
        LongWord,
        Citations,
        TerminalPunctuation,
        FewWords,
        Javascript,
        Policy,
        Blanks,
        LoremIpsum,
        CurlyBracket,
        Sentences,
    }

    private readonly C4Limits limits;
    private readonly bool terminal;
    private readonly int first;

    /// <param name="first">The number of the first of its rules in a funnel.</param>
    public C4Lines(C4Limits limits, bool terminal, int first)
    {
        (this.limits, this.terminal, this.first) = (limits, terminal, first);
        Rules =
        [
            (Prefix + "longest_word", Text(limits.LongestWord)), (Prefix + "citations", OnOff(limits.Citations)), (Prefix + "terminal_punctuation", OnOff(terminal)), (Prefix + "words_per_line", Text(limits.WordsPerLine)),
            (Prefix + "javascript", OnOff(limits.Javascript)), (Prefix + "policy", OnOff(limits.Policy)), (Prefix + "blanks", null),
            (Prefix + "lorem_ipsum", OnOff(limits.LoremIpsum)), (Prefix + "curly_bracket", OnOff(limits.CurlyBracket)), (Prefix + "sentences", Text(limits.Sentences)),
        ];
    }

    public IReadOnlyList<(string Rule, string? Threshold)> Rules { get; }

    /// <summary>The text of the lines that are left; null where the document is dropped.</summary>
    public string? Apply(Document document, string text, FunnelTally tally)
    {
        var kept = new StringBuilder(text.Length);
        var cuts = new List<(Rule Rule, int Start, int Length, string Value)>();
        var (sentences, any, speakers) = (0, false, NoWords.SpeakersOf(document));
        // Most texts have no phrase that a rule looks for, and that is quicker to see in all of it than line by line. Without its citations a line may have another.
        var phrases = text.AsSpan().ContainsAny(AllPhrases) || (limits.Citations && text.Contains('['));
        foreach (var range in Lines(text))
        {
            var (start, length) = range.GetOffsetAndLength(text.Length);
            var line = text.AsSpan(start, length).Trim();
            if (Refuses(line, NoWords.NameIn(line, speakers), out var words) is { } refused)
            {
                cuts.Add((refused, start, Math.Min(length + 1, text.Length - start), refused == Rule.FewWords ? Text(words) : "line"));
                continue;
            }

            var stripped = limits.Citations ? WithoutCitations(line) : null;
            if (stripped is not null)
            {
                cuts.Add((Rule.Citations, start, line.Length - stripped.Length, "citation"));
                line = stripped;
            }

            if (terminal && !EndsWell(line)) cuts.Add((Rule.TerminalPunctuation, start, CutLength(line), line.Length > 0 ? line[^1..].ToString() : ""));
            else if (words < limits.WordsPerLine) cuts.Add((Rule.FewWords, start, CutLength(line), Text(words)));
            else if (phrases && limits.LoremIpsum && line.Contains(LoremIpsumPhrase, StringComparison.OrdinalIgnoreCase)) return Dropped(Rule.LoremIpsum, LoremIpsumPhrase);
            else if (phrases && limits.Javascript && line.Contains(JavascriptPhrase, StringComparison.OrdinalIgnoreCase)) cuts.Add((Rule.Javascript, start, CutLength(line), "line"));
            else if (limits.CurlyBracket && line.Contains('{')) return Dropped(Rule.CurlyBracket, "{");
            else if (phrases && limits.Policy && line.ContainsAny(PolicyPhrases)) cuts.Add((Rule.Policy, start, CutLength(line), "line"));
            else
            {
                sentences += Sentences.Count(line);
                if (any) kept.Append('\n');
                kept.Append(line);
                any = true;
            }

            int CutLength(ReadOnlySpan<char> cut) => Math.Min(cut.Length + 1, text.Length);
        }

        if (sentences < limits.Sentences) return Dropped(Rule.Sentences, Text(sentences));
        var result = kept.ToString().Trim();
        var unexplained = text.Length - result.Length;
        foreach (var (rule, start, length, value) in cuts)
        {
            var counted = Math.Min(length, unexplained);
            unexplained -= counted;
            tally.Cut(first + (int)rule, document.Id, text, start, counted, value);
        }

        // Blanks around lines, and the kinds of line ends.
        if (unexplained > 0) tally.Changed(first + (int)Rule.Blanks, document.Id, unexplained, () => (text, result));
        return result == text ? text : result;

        string? Dropped(Rule rule, string value)
        {
            tally.Dropped(first + (int)rule, document.Id, document.Text, text.Length, value);
            return null;
        }
    }

    /// <summary>The rule by which a line goes before anything is stripped from it.</summary>
    /// <param name="name">Where what a speaker says begins: names are no words of theirs.</param>
    private Rule? Refuses(ReadOnlySpan<char> line, int name, out int words)
    {
        words = 0;
        for (var at = 0; at < line.Length; at++)
        {
            if (IsBlank(line[at])) continue;
            var start = at;
            for (at++; at < line.Length && !IsBlank(line[at]);) at++;
            if (at - start > limits.LongestWord && MeasuredText.CodePoints(line[start..at]) > limits.LongestWord) return Rule.LongWord;
            if (start >= name) words++;
        }

        return null;
    }

    private static bool IsBlank(char c) => c <= ' ' ? c is ' ' or '\t' or '\v' or '\f' : c >= '\u00a0' && WordBlanks.Contains(c);

    private static bool EndsWell(ReadOnlySpan<char> line) => line is [.., '.' or '?' or '!' or '"' or '\''] && !line.EndsWith("...");

    /// <summary>Without [12], [], [edit] and [citation needed]; null where there are none.</summary>
    private static string? WithoutCitations(ReadOnlySpan<char> line)
    {
        StringBuilder? stripped = null;
        var copied = 0;
        for (var at = 0; at < line.Length && line[at..].IndexOf('[') is >= 0 and var found;)
        {
            at += found;
            var inside = at + 1;
            while (inside < line.Length && char.IsDigit(line[inside])) inside++;
            var end = inside < line.Length && line[inside] == ']' ? inside + 1
                : line[at..].StartsWith("[edit]") ? at + 6
                : line[at..].StartsWith("[citation needed]") ? at + 17
                : 0;
            if (end == 0)
            {
                at++;
                continue;
            }

            (stripped ??= new()).Append(line[copied..at]);
            at = copied = end;
        }

        return stripped?.Append(line[copied..]).ToString();
    }

    private static IEnumerable<Range> Lines(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var end = text.AsSpan(at).IndexOfAny(LineEnds) is >= 0 and var stop ? at + stop : text.Length;
            yield return at..end;
            at = end + (end + 1 < text.Length && text[end] == '\r' && text[end + 1] == '\n' ? 2 : 1);
        }
    }

    private static string OnOff(bool on) => on ? "on" : "off";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
