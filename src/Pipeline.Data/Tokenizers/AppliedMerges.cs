using System.Runtime.InteropServices;

namespace Pipeline.Data.Tokenizers;

/// <summary>
/// Applies merges to one word in n log n. Microsoft.ML.Tokenizers takes n² for the same, which a page of base64 turns into minutes; it gets the words up to <see cref="ShortWord"/>.
/// </summary>
internal sealed class AppliedMerges(BpeModel model)
{
    /// <summary>UTF-16 code units that Microsoft.ML.Tokenizers is given at most.</summary>
    public const int ShortWord = 1024;

    private readonly Dictionary<(int, int), (int Rank, int Result)> merges =
        model.Merges.Select((merge, rank) => (merge, rank)).ToDictionary(m => (m.merge.Left, m.merge.Right), m => (m.rank, m.merge.Result));

    /// <summary>-1 where a vocabulary of characters has no token for a byte.</summary>
    private readonly int[] byteIds = [.. Enumerable.Range(0, 256).Select(value => model.Find(model.SymbolOf((byte)value)) ?? -1)];

    /// <summary>From the bytes of a word, or from its characters: those that are no tokens are spelled in bytes, and are unknown where that cannot be.</summary>
    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        var symbols = new List<int>(word.Length);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in word.EnumerateRunes())
        {
            if (model.Spaces is not null && model.Find(rune.ToString()) is { } token)
            {
                symbols.Add(token);
                continue;
            }

            var start = symbols.Count;
            foreach (var value in bytes[..rune.EncodeToUtf8(bytes)]) symbols.Add(byteIds[value]);
            if (symbols.IndexOf(-1, start) < 0) continue;
            symbols.RemoveRange(start, symbols.Count - start);
            if (model.Unknown is { } unknown && !(model.FusesUnknown && start > 0 && symbols[^1] == unknown)) symbols.Add(unknown);
        }

        Merge(CollectionsMarshal.AsSpan(symbols).ToArray(), ids);
    }

    private void Merge(int[] symbols, List<int> ids)
    {
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
