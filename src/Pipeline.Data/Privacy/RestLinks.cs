using System.Text;

namespace Pipeline.Data.Privacy;

/// <summary>Addresses on lines of their own in reStructuredText: <c>.. _label: address</c> and <c>`label`_</c> or <c>label_</c>, which names it; <c>__ address</c> and <c>`text`__</c>; pictures.</summary>
internal static class RestLinks
{
    private const int LongestLabel = 200, MostOptions = 16;

    /// <summary>What stands before the address: the label behind an underscore, an underscore alone for one without a name, nothing for a picture; null where it is no such line.</summary>
    public static string? LabelOf(ReadOnlySpan<char> head)
    {
        if (head is "__" or ".. __:") return "_";
        if (!head.StartsWith(".. ")) return null;
        head = head[3..].TrimStart(' ');
        if (head is ['_', _, .., ':'])
        {
            var label = head[1..^1];
            return (label is ['`', _, .., '`'] ? $"_{label[1..^1]}" : $"_{label}").Replace("\\", "", StringComparison.Ordinal);
        }

        if (head is ['|', ..] && head[1..].IndexOf('|') is > 0 and var bar) head = head[(bar + 2)..].TrimStart(' ');
        return head is "image::" or "figure::" ? "" : null;
    }

    /// <summary>The place behind the options of a directive: lines indented deeper that begin with a colon.</summary>
    public static int EndOfOptions(ReadOnlySpan<char> text, int at, int indentation)
    {
        for (var options = 0; at < text.Length && options < MostOptions; options++)
        {
            var end = text[at..].IndexOf('\n') is >= 0 and var feed ? at + feed + 1 : text.Length;
            var line = text[at..end];
            var body = line.TrimStart(" \t");
            if (line.Length - body.Length <= indentation || body is not [':', ..]) break;
            at = end;
        }

        return at;
    }

    /// <summary>Of links by a label that was defined the text stays.</summary>
    public static string Resolve(string text, HashSet<string> defined)
    {
        StringBuilder? resolved = null;
        var copied = 0;
        for (var at = 1; at < text.Length && text.IndexOf('_', at) is >= 0 and var mark; at = mark + 1)
        {
            var end = mark + 1;
            if (end < text.Length && text[end] == '_') end++;
            if (mark == 0 || (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '_' or '`'))) continue;
            var (from, labelFrom, labelTo) = text[mark - 1] == '`' ? Quoted(text, copied, mark - 1) : Word(text, copied, mark);
            var label = text.AsSpan(labelFrom, labelTo - labelFrom);
            if (label.IsEmpty || !defined.Contains(end - mark > 1 ? "_" : $"_{Joined(label)}")) continue;
            (resolved ??= new(text.Length)).Append(text, copied, from - copied).Append(label);
            copied = end;
            mark = end - 1;
        }

        return resolved is null ? text : resolved.Append(text, copied, text.Length - copied).ToString();
    }

    private static (int From, int LabelFrom, int LabelTo) Quoted(string text, int least, int close)
    {
        var floor = Math.Max(least, close - LongestLabel);
        var inside = text.AsSpan(floor, close - floor);
        var tick = inside.LastIndexOf('`');
        return tick < 0 || inside[tick..].IndexOf("\n\n") >= 0 ? default : (floor + tick, floor + tick + 1, close);
    }

    private static (int From, int LabelFrom, int LabelTo) Word(string text, int least, int end)
    {
        var from = end;
        while (from > least && end - from < LongestLabel && (char.IsLetterOrDigit(text[from - 1]) || text[from - 1] is '-' or '.' or '+')) from--;
        return (from, from, end);
    }

    /// <summary>Labels are wrapped with the text.</summary>
    private static string Joined(ReadOnlySpan<char> label) => string.Join(' ', label.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
