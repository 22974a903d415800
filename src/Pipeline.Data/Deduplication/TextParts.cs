namespace Pipeline.Data.Deduplication;

/// <summary>Cuts a text into parts that follow one another. Each begins where the one before it ends, and takes the white space after it along.</summary>
internal static class TextParts
{
    /// <summary>Sentences in a row that make a <see cref="TextPart.Sentences"/>.</summary>
    public const int SentencesInRow = 3;

    /// <summary>Lines, paragraphs or single sentences: where each ends.</summary>
    public static void EndsOf(string text, TextPart part, List<int> ends)
    {
        ends.Clear();
        for (var at = 0; at < text.Length;)
        {
            at = part switch { TextPart.Line => EndOfLine(text, at), TextPart.Paragraph => EndOfParagraph(text, at), _ => EndOfSentence(text, at) };
            ends.Add(at);
        }
    }

    /// <summary>Runs of anything but white space, up to a number of them.</summary>
    public static bool HasWords(ReadOnlySpan<char> text, int atLeast)
    {
        var (words, inside) = (0, false);
        foreach (var unit in text)
        {
            if (words >= atLeast) return true;
            var begins = !char.IsWhiteSpace(unit);
            if (begins && !inside) words++;
            inside = begins;
        }

        return words >= atLeast;
    }

    private static int EndOfLine(string text, int at)
    {
        var end = text.AsSpan(at).IndexOf('\n');
        return end < 0 ? text.Length : at + end + 1;
    }

    private static int EndOfParagraph(string text, int at)
    {
        for (var started = false; at < text.Length;)
        {
            var next = EndOfLine(text, at);
            var blank = text.AsSpan(at, next - at).IsWhiteSpace();
            at = next;
            if (started && blank) break;
            started |= !blank;
        }

        while (at < text.Length && EndOfLine(text, at) is var next && text.AsSpan(at, next - at).IsWhiteSpace()) at = next;
        return at;
    }

    /// <summary>After a full stop, question or exclamation mark with what closes it and white space behind; after those of Chinese and Japanese at once; before an empty line.</summary>
    private static int EndOfSentence(string text, int at)
    {
        for (; at < text.Length; at++)
        {
            var unit = text[at];
            if (unit is '。' or '！' or '？') return AfterSpace(text, AfterClosing(text, at + 1));
            if (unit is '.' or '!' or '?' or '…')
            {
                var closed = AfterClosing(text, at + 1);
                if (closed == text.Length || char.IsWhiteSpace(text[closed])) return AfterSpace(text, closed);
            }
            else if (unit == '\n' && EndOfLine(text, at + 1) is var next && text.AsSpan(at + 1, next - at - 1).IsWhiteSpace()) return AfterSpace(text, at);
        }

        return at;
    }

    private static int AfterClosing(string text, int at)
    {
        while (at < text.Length && text[at] is '.' or '!' or '?' or '…' or '。' or '！' or '？' or '"' or '\'' or ')' or ']' or '”' or '’' or '»' or '」' or '』') at++;
        return at;
    }

    private static int AfterSpace(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return at;
    }
}
