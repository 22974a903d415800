using System.Text;

namespace Pipeline.Data.Privacy;

/// <summary><c>[label]: address "title"</c> on a line of its own, which Markdown shows nowhere, and <c>[text][label]</c>, which names it.</summary>
internal static class LinkDefinition
{
    private const int LongestLabel = 200, LongestTitle = 300, MostBlanks = 3;

    /// <summary>The line of the definition, with the end of the line; null where the address is in none. Labels of reStructuredText begin with an underscore, one without a name is that alone.</summary>
    public static (int Start, int End, string Label)? Around(ReadOnlySpan<char> text, int least, int start, int end)
    {
        if (start > least && end < text.Length && text[start - 1] == '<' && text[end] == '>') (start, end) = (start - 1, end + 1);
        var floor = Math.Max(least, start - LongestLabel);
        var line = text[floor..start].LastIndexOf('\n') is >= 0 and var feed ? floor + feed + 1 : floor;
        if (line > 0 && text[line - 1] != '\n') return null;
        var head = text[line..start];
        var body = head.TrimStart(' ');
        var named = body.TrimEnd(" \t");
        var stop = text[end..].IndexOf('\n') is >= 0 and var next ? end + next : text.Length;
        var title = stop - end > LongestTitle ? "x" : text[end..stop].Trim(" \t\r");
        if (title.IsEmpty && RestLinks.LabelOf(named) is { } label) return (line, RestLinks.EndOfOptions(text, Math.Min(text.Length, stop + 1), head.Length - body.Length), label);
        if (head.Length - body.Length > MostBlanks || named.Length < 4 || named[0] != '[' || !named.EndsWith("]:") || named[1..^2].ContainsAny('[', ']')) return null;
        if (!(title.IsEmpty || title is ['"', .., '"'] or ['\'', .., '\''] or ['(', .., ')'])) return null;
        return (line, Math.Min(text.Length, stop + 1), named[1..^2].ToString());
    }

    /// <summary>Of <c>[text][label]</c> and <c>[label][]</c> the text stays, where the label was defined.</summary>
    public static string Resolve(string text, HashSet<string> defined)
    {
        StringBuilder? resolved = null;
        var (copied, least) = (0, 0);
        for (var at = 0; at < text.Length && text.IndexOf("][", at, StringComparison.Ordinal) is >= 0 and var middle;)
        {
            at = middle + 2;
            var close = text.AsSpan(at, Math.Min(text.Length - at, LongestLabel)).IndexOfAny('[', ']');
            var floor = Math.Max(least, middle - LongestLabel);
            var open = text.AsSpan(floor, middle - floor).LastIndexOfAny('[', ']', '\n');
            if (close < 0 || text[at + close] != ']' || open < 0 || text[floor + open] != '[') continue;
            open += floor;
            var label = close == 0 ? text[(open + 1)..middle] : text.Substring(at, close);
            if (!defined.Contains(label)) continue;
            var from = open > least && text[open - 1] == '!' ? open - 1 : open;
            (resolved ??= new(text.Length)).Append(text, copied, from - copied).Append(text, open + 1, middle - open - 1);
            at = copied = least = at + close + 1;
        }

        return resolved is null ? text : resolved.Append(text, copied, text.Length - copied).ToString();
    }
}
