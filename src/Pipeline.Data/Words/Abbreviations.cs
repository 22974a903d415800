using System.Buffers;
using System.Text;

namespace Pipeline.Data.Words;

/// <summary>
/// Writes abbreviations out: those of a table, and those that the text itself defines as <c>long form (LF)</c>, by the algorithm of Schwartz and Hearst 2003.
/// The definition stays as it is; what comes after it is written out.
/// </summary>
internal sealed class Abbreviations
{
    private const int LeastLetters = 2, LongestShortForm = 10;

    private static readonly SearchValues<char> NoShortForm = SearchValues.Create(" \t\n.,;");

    private readonly Dictionary<char, List<(string Short, string Long)>> table;
    private readonly bool definitions;

    public Abbreviations(IReadOnlyDictionary<string, string> table, bool definitions)
    {
        this.definitions = definitions;
        // The longest first: of "U.S." and "U.S.A." both begin a text with the latter.
        this.table = table.Where(e => e.Key.Length > 0).OrderByDescending(e => e.Key.Length).ThenBy(e => e.Key, StringComparer.Ordinal)
            .GroupBy(e => e.Key[0]).ToDictionary(g => g.Key, g => g.Select(e => (e.Key, e.Value)).ToList());
    }

    public string Expand(string text)
    {
        Dictionary<string, string> defined = [];
        StringBuilder? expanded = null;
        var copied = 0;
        for (var at = 0; at < text.Length;)
        {
            if (definitions && text[at] == '(' && Definition(text, at) is { } definition)
            {
                defined.TryAdd(definition.Short, definition.Long);
                at += definition.Short.Length + 2;
                continue;
            }

            var begins = at == 0 || !IsWord(text[at - 1]);
            if (!begins || Match(text, at, defined) is not { } match)
            {
                at++;
                continue;
            }

            (expanded ??= new(text.Length * 2)).Append(text, copied, at - copied).Append(match.Long);
            at = copied = at + match.Short.Length;
        }

        return expanded is null ? text : expanded.Append(text, copied, text.Length - copied).ToString();
    }

    private (string Short, string Long)? Match(string text, int at, Dictionary<string, string> defined)
    {
        if (table.TryGetValue(text[at], out var entries))
        {
            foreach (var entry in entries)
            {
                var end = at + entry.Short.Length;
                if (string.CompareOrdinal(text, at, entry.Short, 0, entry.Short.Length) == 0 && (end == text.Length || !IsWord(text[end]))) return entry;
            }
        }

        if (defined.Count == 0 || !char.IsUpper(text[at])) return null;
        var stop = at;
        while (stop < text.Length && stop - at <= LongestShortForm && IsWord(text[stop])) stop++;
        return defined.TryGetValue(text[at..stop], out var form) ? (text[at..stop], form) : null;
    }

    /// <summary>The short form in brackets at <paramref name="open"/> and the long form before them.</summary>
    private static (string Short, string Long)? Definition(string text, int open)
    {
        var close = text.AsSpan(open, Math.Min(text.Length - open, LongestShortForm + 2)).IndexOf(')') + open;
        if (close <= open + LeastLetters) return null;
        var shortForm = text.AsSpan(open + 1, close - open - 1);
        if (!char.IsUpper(shortForm[0]) || shortForm.ContainsAny(NoShortForm) || CountUpper(shortForm) < LeastLetters) return null;
        var words = Math.Min(shortForm.Length + 5, shortForm.Length * 2);
        var start = open;
        for (var spaces = 0; start > 0 && text[start - 1] is not ('\n' or '(' or '.' or ';'); start--)
            if (text[start - 1] == ' ' && start < open && ++spaces > words) break;
        return LongForm(shortForm, text.AsSpan(start, open - start).TrimEnd()) is { } form ? (shortForm.ToString(), form) : null;
    }

    /// <summary>The shortest ending of <paramref name="before"/> that has the characters of the short form in their order, the first at the beginning of a word.</summary>
    private static string? LongForm(ReadOnlySpan<char> shortForm, ReadOnlySpan<char> before)
    {
        var at = before.Length - 1;
        for (var s = shortForm.Length - 1; s >= 0; s--)
        {
            if (!char.IsLetterOrDigit(shortForm[s])) continue;
            var wanted = char.ToLowerInvariant(shortForm[s]);
            while (at >= 0 && (char.ToLowerInvariant(before[at]) != wanted || (s == 0 && at > 0 && char.IsLetterOrDigit(before[at - 1])))) at--;
            if (at < 0) return null;
            at--;
        }

        var start = before[..(at + 1)].LastIndexOf(' ') + 1;
        var form = before[start..];
        return form.Length > shortForm.Length && form.IndexOf(shortForm) < 0 ? form.ToString() : null;
    }

    private static int CountUpper(ReadOnlySpan<char> text)
    {
        var upper = 0;
        foreach (var c in text)
            if (char.IsUpper(c)) upper++;
        return upper;
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
