namespace Pipeline.Data.Quality;

/// <summary>A text with what several rules ask of it, each computed once.</summary>
internal sealed class MeasuredText(string text, HashCounts counts)
{
    private List<TextWord>? words, pieces;
    private Grams? wordGrams, pieceGrams;

    public string Text { get; } = text;

    /// <summary>A table to count in.</summary>
    public HashCounts Counts { get; } = counts;

    /// <summary>Code points.</summary>
    public int Characters => field > 0 || Text.Length == 0 ? field : field = CodePoints(Text);

    public List<TextWord> Words
    {
        get
        {
            if (words is null) TextWords.Read(Text, words = new(Text.Length / 5));
            return words;
        }
    }

    /// <summary>What stands between blanks.</summary>
    public List<TextWord> Pieces
    {
        get
        {
            if (pieces is null) TextWords.ReadPieces(Text, pieces = new(Text.Length / 5));
            return pieces;
        }
    }

    public Grams WordGrams => wordGrams ??= new(Words, Counts);

    public Grams PieceGrams => pieceGrams ??= new(Pieces, Counts);

    public (int Count, int Characters, int All) RepeatedLines { get => field.All > 0 ? field : field = Repetition.OfLines(this); }

    public (int Count, int Characters, int All) RepeatedParagraphs { get => field.All > 0 ? field : field = Repetition.OfParagraphs(this); }

    public (int Count, int Characters, int All) DolmaLines { get => field.All > 0 ? field : field = DolmaRules.RepeatedLines(this); }

    public static int CodePoints(ReadOnlySpan<char> text)
    {
        var length = text.Length;
        while (text.IndexOfAnyInRange('\udc00', '\udfff') is >= 0 and var low)
        {
            if (low > 0 && char.IsHighSurrogate(text[low - 1])) length--;
            text = text[(low + 1)..];
        }

        return length;
    }

    public static double Ratio(double part, double whole) => whole > 0 ? part / whole : 0;
}
