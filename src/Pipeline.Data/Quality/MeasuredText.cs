using System.Runtime.InteropServices;

namespace Pipeline.Data.Quality;

/// <summary>A text with what several rules ask of it, each computed once. The tables are kept for the next text.</summary>
internal sealed class MeasuredText
{
    private readonly List<TextWord> words = [], pieces = [];
    private readonly NoWords noWords = new();
    private readonly Grams wordGrams, pieceGrams;
    private bool hasWords, hasPieces, hasWordGrams, hasPieceGrams;
    private WordTotals? totals;
    private int? characters;
    private (int Count, int Characters, int All)? lines, paragraphs, dolmaLines;

    public MeasuredText() => (wordGrams, pieceGrams) = (new(Counts), new(Counts));

    public string Text { get; private set; } = "";

    /// <summary>A table to count in.</summary>
    public HashCounts Counts { get; } = new();

    /// <summary>Code points.</summary>
    public int Characters => characters ??= CodePoints(Text);

    public List<TextWord> Words
    {
        get
        {
            if (hasWords) return words;
            TextWords.Read(Text, words);
            noWords.RemoveFrom(words);
            hasWords = true;
            return words;
        }
    }

    /// <summary>What stands between blanks.</summary>
    public List<TextWord> Pieces
    {
        get
        {
            if (hasPieces) return pieces;
            TextWords.ReadPieces(Text, pieces);
            noWords.RemoveFrom(pieces);
            hasPieces = true;
            return pieces;
        }
    }

    public WordTotals Totals => totals ??= WordTotals.Of(Words);

    public Grams WordGrams
    {
        get
        {
            if (!hasWordGrams) wordGrams.Read(Text, Words);
            hasWordGrams = true;
            return wordGrams;
        }
    }

    public Grams PieceGrams
    {
        get
        {
            if (!hasPieceGrams) pieceGrams.Read(Text, Pieces);
            hasPieceGrams = true;
            return pieceGrams;
        }
    }

    public (int Count, int Characters, int All) RepeatedLines => lines ??= Repetition.OfLines(this);

    public (int Count, int Characters, int All) RepeatedParagraphs => paragraphs ??= Repetition.OfParagraphs(this);

    public (int Count, int Characters, int All) DolmaLines => dolmaLines ??= DolmaRules.RepeatedLines(this);

    /// <summary>Goes on with another text.</summary>
    /// <param name="speakers">As <see cref="NoWords.SpeakersOf"/>.</param>
    public void Begin(string text, HashSet<string> speakers)
    {
        Text = text;
        noWords.Find(text, speakers);
        (hasWords, hasPieces, hasWordGrams, hasPieceGrams) = (false, false, false, false);
        (totals, characters, lines, paragraphs, dolmaLines) = (null, null, null, null, null);
    }

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

/// <summary>What the words of a text come to.</summary>
/// <param name="Plain">Those that are not all marks.</param>
/// <param name="PlainCharacters">Code points of these.</param>
internal readonly record struct WordTotals(int Plain, long PlainCharacters, int WithLetters)
{
    public static WordTotals Of(List<TextWord> words)
    {
        var (plain, characters, letters) = (0, 0L, 0);
        foreach (ref readonly var word in CollectionsMarshal.AsSpan(words))
        {
            if (!word.IsSymbol) (plain, characters) = (plain + 1, characters + word.Characters);
            if (word.HasLetter) letters++;
        }

        return new(plain, characters, letters);
    }
}
