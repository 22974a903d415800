using Pipeline.Data.Tokenizers.Normalizing;

namespace Pipeline.Data.Tokenizers.Splitting;

/// <summary>From text to words. One instance serves one thread.</summary>
internal sealed class WordCutter(IReadOnlyList<Normalizer> normalizers, IReadOnlyList<Splitter> splitters)
{
    private List<Piece> pieces = [];
    private List<Piece> words = [];

    public string Normalized(string text)
    {
        foreach (var normalizer in normalizers) text = normalizer.Apply(text);
        return text;
    }

    /// <param name="begins">Whether a text begins with this.</param>
    public void Cut(string normalized, bool begins, Action<ReadOnlySpan<char>> tell)
    {
        if (normalized.Length == 0) return;
        if (splitters is [PatternWords { Pattern: var pattern }])
        {
            for (int start = 0, end; start < normalized.Length; start = end)
            {
                end = WordScanner.EndOfWord(pattern, normalized, start);
                tell(normalized.AsSpan(start, end - start));
            }

            return;
        }

        pieces.Clear();
        pieces.Add(new(normalized, 0, normalized.Length, begins));
        foreach (var splitter in splitters)
        {
            words.Clear();
            foreach (var piece in pieces) splitter.Split(piece, words);
            (pieces, words) = (words, pieces);
        }

        foreach (var piece in pieces) tell(piece.Span);
    }
}
