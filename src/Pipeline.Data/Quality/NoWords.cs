using System.Buffers;
using System.Runtime.InteropServices;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Quality;

/// <summary>
/// What stands in a text and is no word of it: bars and rules of tables as extraction writes them (rows with as many <c> | </c> as the one above or below them, and rows of hyphens), and names of speakers
/// before what they say, where the metadata of a transcript lists them. Text without either is measured as its presets' sources measure it.
/// </summary>
internal sealed class NoWords
{
    private const string SpeakersKey = "speakers";

    private const string Bar = " | ";
    private const int LongestName = 64, AnyBars = int.MaxValue;

    private static readonly SearchValues<char> OfRules = SearchValues.Create("|-:+ \t\r");

    private readonly List<(int Start, int End)> places = [];

    /// <summary>Who speaks in a transcript; empty for other documents.</summary>
    public static HashSet<string> SpeakersOf(Document document) =>
        document.Metadata.TryGetValue(SpeakersKey, out var listed) ? [.. listed.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)] : [];

    /// <summary>The length of the name that a line begins with, with its colon; 0 where there is none.</summary>
    public static int NameIn(ReadOnlySpan<char> line, HashSet<string> speakers) =>
        speakers.Count > 0 && line[..Math.Min(line.Length, LongestName + 1)].IndexOf(':') is > 0 and var colon && speakers.GetAlternateLookup<ReadOnlySpan<char>>().Contains(line[..colon]) ? colon + 1 : 0;

    public void Find(string text, HashSet<string> speakers)
    {
        places.Clear();
        if (speakers.Count == 0 && !text.Contains(Bar, StringComparison.Ordinal)) return;
        var above = (Start: 0, End: 0, Bars: 0);
        var open = false;
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start) is >= 0 and var feed ? feed : text.Length;
            var line = text.AsSpan(start, end - start);
            var bars = IsRule(line) ? AnyBars : line.Count(Bar);
            var isRow = bars > 0 && above.Bars > 0 && (bars == above.Bars || bars == AnyBars || above.Bars == AnyBars);
            if (isRow)
            {
                if (open) Add(text, above.Start, above.End);
                Add(text, start, end);
            }

            (open, above) = (!isRow, (start, end, bars));
            if (bars == 0 && NameIn(line, speakers) is > 0 and var name) places.Add((start, start + name));
            start = end + 1;
        }
    }

    /// <summary>Takes them out of the words of the text.</summary>
    public void RemoveFrom(List<TextWord> words)
    {
        if (places.Count == 0) return;
        var (kept, next) = (0, 0);
        var all = CollectionsMarshal.AsSpan(words);
        foreach (ref readonly var word in all)
        {
            while (next < places.Count && places[next].End <= word.Start) next++;
            if (next < places.Count && word.Start >= places[next].Start && word.Start + word.Length <= places[next].End) continue;
            all[kept++] = word;
        }

        words.RemoveRange(kept, words.Count - kept);
    }

    private void Add(string text, int start, int end)
    {
        if (IsRule(text.AsSpan(start, end - start)))
        {
            places.Add((start, end));
            return;
        }

        for (var at = start; at < end; at++)
            if (text[at] == '|') places.Add((at, at + 1));
    }

    private static bool IsRule(ReadOnlySpan<char> line) => line.Contains('|') && line.IndexOf("--") >= 0 && !line.ContainsAnyExcept(OfRules);
}
