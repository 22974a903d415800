using Pipeline.Data.Documents;

namespace Pipeline.Data.Chunking;

/// <summary>Lengths of parts of a text in a unit, and how far a length reaches.</summary>
internal sealed class ChunkMeasure(ChunkOptions options)
{
    private const double CharactersOfToken = 4, Full = 0.8, Safe = 0.97;
    private const int MostTries = 12;

    public int Of(string text, int from, int to) => options.Unit switch
    {
        ChunkUnit.Words => BlankWords.Count(text.AsSpan(from, to - from)),
        ChunkUnit.Characters => to - from,
        _ => to > from ? options.CountTokens!(text[from..to]) : 0,
    };

    /// <summary>The end of what has at most a size, beginning at <paramref name="from"/>: for tokens about that.</summary>
    public int EndOf(string text, int from, int size)
    {
        if (options.Unit == ChunkUnit.Characters) return (int)Math.Min(text.Length, (long)from + size);
        return options.Unit == ChunkUnit.Words ? EndOfWords(text, from, size) : EndOfTokens(text, from, size);
    }

    /// <summary>Where a word begins from which on there is at most a size up to <paramref name="end"/>; the end where there is none.</summary>
    public int StartOf(string text, int least, int end, int size, TextCuts cuts)
    {
        var reach = options.Unit switch
        {
            ChunkUnit.Words => BeginningOfWords(text, least, end, size),
            ChunkUnit.Characters => Math.Max(least, end - size),
            _ => (int)Math.Max(least, end - (size * CharactersOfToken)),
        };
        var from = cuts.NextWord(reach, end);
        while (from < end && Of(text, from, end) > size) from = cuts.NextWord(from + Math.Max(1, (end - from) / 4), end);
        return from;
    }

    private static int EndOfWords(string text, int from, int size)
    {
        var (words, inside) = (0, false);
        for (var at = from; at < text.Length; at++)
        {
            var blank = char.IsWhiteSpace(text[at]);
            if (!blank && !inside && ++words > size) return at;
            inside = !blank;
        }

        return text.Length;
    }

    private static int BeginningOfWords(string text, int least, int end, int size)
    {
        var at = end;
        for (var words = 0; at > least && words < size; at--)
            if (!char.IsWhiteSpace(text[at - 1]) && (at == 1 || char.IsWhiteSpace(text[at - 2]))) words++;
        return at;
    }

    private int EndOfTokens(string text, int from, int size)
    {
        var (best, length) = (from, (int)Math.Min(text.Length - from, size * CharactersOfToken));
        for (var tries = 0; tries < MostTries; tries++)
        {
            var tokens = Of(text, from, from + length);
            if (tokens <= size) best = Math.Max(best, from + length);
            if (tokens <= size && (from + length == text.Length || tokens >= size * Full)) break;
            var next = (int)Math.Clamp(Safe * size * length / Math.Max(1, tokens), 1, text.Length - from);
            if (next == length) break;
            length = next;
        }

        return best;
    }
}
