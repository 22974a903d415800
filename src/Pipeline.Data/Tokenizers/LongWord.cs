using System.Text;

namespace Pipeline.Data.Tokenizers;

/// <summary>
/// Applies merges to one word in n log n. Microsoft.ML.Tokenizers takes n² for the same, which a page of base64 turns into minutes; it gets the words up to <see cref="Longest"/>.
/// </summary>
internal sealed class LongWord(BpeModel model)
{
    /// <summary>UTF-16 code units that Microsoft.ML.Tokenizers is given at most.</summary>
    public const int Longest = 1024;

    private readonly Dictionary<(int, int), (int Rank, int Result)> merges =
        model.Merges.Select((merge, rank) => (merge, rank)).ToDictionary(m => (m.merge.Left, m.merge.Right), m => (m.rank, m.merge.Result));

    private readonly int[] byteIds = [.. Enumerable.Range(0, 256).Select(value => model.Find(ByteAlphabet.SymbolOf((byte)value).ToString())!.Value)];

    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, bytes);
        var symbols = Array.ConvertAll(bytes, value => byteIds[value]);
        var next = new int[symbols.Length];
        var previous = new int[symbols.Length];
        var queue = new PriorityQueue<(int At, int Left, int Right), ulong>();
        for (var i = 0; i < symbols.Length; i++) (previous[i], next[i]) = (i - 1, i + 1);
        for (var i = 0; i + 1 < symbols.Length; i++) Consider(i, i + 1);

        while (queue.TryDequeue(out var found, out _))
        {
            var right = next[found.At];
            if (symbols[found.At] != found.Left || right >= symbols.Length || symbols[right] != found.Right) continue;
            symbols[found.At] = merges[(found.Left, found.Right)].Result;
            symbols[right] = -1;
            next[found.At] = next[right];
            if (next[found.At] < symbols.Length) previous[next[found.At]] = found.At;
            if (previous[found.At] >= 0) Consider(previous[found.At], found.At);
            if (next[found.At] < symbols.Length) Consider(found.At, next[found.At]);
        }

        foreach (var symbol in symbols)
        {
            if (symbol >= 0) ids.Add(symbol);
        }

        void Consider(int at, int after)
        {
            if (merges.TryGetValue((symbols[at], symbols[after]), out var merge)) queue.Enqueue((at, symbols[at], symbols[after]), ((ulong)merge.Rank << 32) | (uint)at);
        }
    }
}
