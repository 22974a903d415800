using System.Text;

namespace Pipeline.Data.Decontamination;

/// <summary>Cuts runs of words out of a text, each with its sentence or, where that is long, with a margin. Linear time, however long the text and many the runs.</summary>
internal static class ContaminatedSpans
{
    /// <param name="runs">Number of the first word, and how many.</param>
    /// <param name="ends">Of the text's words.</param>
    /// <returns>What is left, in how many pieces, and where the first run that went begins.</returns>
    public static (string Left, int Pieces) Without(string text, IEnumerable<(int Word, int Length)> runs, List<int> ends, CutRules rules)
    {
        var spans = Spans(text, runs, ends);
        var sentences = SentenceStarts.Of(text);
        var rest = new StringBuilder(text.Length);
        var (pieces, kept, isWhole) = (0, 0, true);
        foreach (var (start, end) in spans)
        {
            if (end <= kept) continue;
            var (from, to) = (Before(text, Math.Max(kept, start), kept, sentences, rules.Margin), After(text, end, sentences, rules.Margin));
            Keep(kept, from);
            isWhole &= sentences.BinarySearch(from) >= 0 && (to == text.Length || sentences.BinarySearch(to) >= 0);
            kept = to;
        }

        Keep(kept, text.Length);
        return (rest.ToString().Trim(), pieces);

        void Keep(int start, int end)
        {
            var piece = text.AsSpan(start, end - start);
            if (piece.IsWhiteSpace()) return;
            pieces++;
            // Halves of sentences are no sentence.
            if (!isWhole && rest.Length > 0)
            {
                while (char.IsWhiteSpace(rest[^1])) rest.Length--;
                rest.Append('\n');
            }

            rest.Append(isWhole ? piece : piece.TrimStart());
            isWhole = true;
        }
    }

    /// <summary>Places of the runs, in order, those that meet as one.</summary>
    private static List<(int Start, int End)> Spans(string text, IEnumerable<(int Word, int Length)> runs, List<int> ends)
    {
        var open = new int[ends.Count + 1];
        foreach (var (word, length) in runs)
        {
            open[word]++;
            open[word + length]--;
        }

        var spans = new List<(int, int)>();
        for (int word = 0, depth = 0, first = 0; word <= ends.Count; word++)
        {
            var before = depth;
            depth += open[word];
            if (before == 0 && depth > 0) first = word;
            if (before > 0 && depth == 0) spans.Add((StartOf(text, first, ends), ends[word - 1]));
        }

        return spans;
    }

    private static int StartOf(string text, int word, List<int> ends)
    {
        // Marks after the word before belong to that.
        var gap = word == 0 ? 0 : ends[word - 1];
        var blank = gap;
        while (blank < ends[word] && !char.IsWhiteSpace(text[blank])) blank++;
        if (blank == ends[word]) return gap;
        while (char.IsWhiteSpace(text[blank])) blank++;
        return blank;
    }

    private static int Before(string text, int start, int kept, List<int> sentences, int margin)
    {
        var sentence = Math.Max(kept, sentences[AtOrBefore(sentences, start)]);
        if (start - sentence <= margin) return sentence;
        var from = start - margin;
        while (from < start && !char.IsWhiteSpace(text[from])) from++;
        return from < start || margin == 0 ? from : Whole(text, start - margin);
    }

    private static int After(string text, int end, List<int> sentences, int margin)
    {
        var next = AtOrBefore(sentences, end - 1) + 1;
        var sentence = next < sentences.Count ? sentences[next] : text.Length;
        if (sentence - end <= margin) return sentence;
        var to = end + margin;
        while (to > end && !char.IsWhiteSpace(text[to])) to--;
        return to > end || margin == 0 ? to : Whole(text, end + margin);
    }

    private static int AtOrBefore(List<int> sentences, int at) => sentences.BinarySearch(at) is var found && found >= 0 ? found : ~found - 1;

    /// <summary>No place within a surrogate pair.</summary>
    private static int Whole(string text, int at) => char.IsLowSurrogate(text[at]) ? at - 1 : at;
}
