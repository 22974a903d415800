using System.Text;

namespace Pipeline.Data.Tokenizers.Segmenting;

/// <summary>What a BPE model looks up: merges by pair in the order of their ranks, and the ids of bytes.</summary>
internal sealed class BpeTables
{
    private readonly PairTable pairs;
    private readonly int[] results;

    public BpeTables(BpeModel model)
    {
        pairs = new(model.Merges.Count);
        results = [.. model.Merges.Select(merge => merge.Result)];
        foreach (var merge in model.Merges) pairs.Add(PairTable.Key(merge.Left, merge.Right));
        ByteIds = ByteTokens.Ids(model, model.SymbolOf);
    }

    /// <summary>-1 where a vocabulary of characters has no token for a byte.</summary>
    public int[] ByteIds { get; }

    /// <summary>The rank of a merge, or -1.</summary>
    public int Rank(int left, int right) => pairs.Find(PairTable.Key(left, right));

    public int ResultOf(int rank) => results[rank];
}

/// <summary>Applies merges to a word: the first learned one that is there, leftmost first, over and over.</summary>
internal sealed class BpeWords(BpeModel model, BpeTables tables) : WordEncoder
{
    /// <summary>In symbols; up to here searching all pairs for each merge is faster than keeping them sorted.</summary>
    private const int ShortWord = 48;

    private int[] symbols = new int[256];
    private byte[] bytes = new byte[256];
    private readonly int[] ranks = new int[ShortWord];

    protected override void Segment(ReadOnlySpan<char> word, List<int> ids)
    {
        if (model.WholeWords && WholeId(word) is { } whole && model.IsOrdinary(whole))
        {
            ids.Add(whole);
            return;
        }

        var count = Spell(word);
        if (count <= ShortWord) MergeShort(count, ids);
        else MergeLong(count, ids);
    }

    private int? WholeId(ReadOnlySpan<char> word) => model.Find(model.ByteLevel ? ByteAlphabet.SymbolsOf(word) : word.ToString());

    /// <summary>The bytes of a word, or its characters: those that are no tokens are spelled in bytes, and are unknown where that cannot be.</summary>
    private int Spell(ReadOnlySpan<char> word)
    {
        // A code unit is at most three bytes of UTF-8.
        if (symbols.Length < word.Length * 3) (symbols, bytes) = (new int[word.Length * 3], new byte[word.Length * 3]);
        if (model.ByteLevel)
        {
            var length = Encoding.UTF8.GetBytes(word, bytes);
            for (var i = 0; i < length; i++) symbols[i] = tables.ByteIds[bytes[i]];
            return length;
        }

        var count = 0;
        Span<char> characters = stackalloc char[2];
        foreach (var rune in word.EnumerateRunes())
        {
            if (model.Ids.TryGetValue(characters[..rune.EncodeToUtf16(characters)], out var token))
            {
                symbols[count++] = token;
                continue;
            }

            var start = count;
            if (model.ByteFallback)
            {
                foreach (var value in bytes.AsSpan(0, rune.EncodeToUtf8(bytes))) symbols[count++] = tables.ByteIds[value];
            }

            if (count > start && !symbols.AsSpan(start, count - start).Contains(-1)) continue;
            count = start;
            if (model.Unknown is { } unknown && !(model.FusesUnknown && count > 0 && symbols[count - 1] == unknown)) symbols[count++] = unknown;
        }

        return count;
    }

    private void MergeShort(int count, List<int> ids)
    {
        for (var i = 0; i + 1 < count; i++) ranks[i] = Rank(i);
        while (count > 1)
        {
            var (best, at) = (int.MaxValue, -1);
            for (var i = 0; i + 1 < count; i++)
            {
                if (ranks[i] < best) (best, at) = (ranks[i], i);
            }

            if (at < 0) break;
            symbols[at] = tables.ResultOf(best);
            count--;
            Array.Copy(symbols, at + 2, symbols, at + 1, count - at - 1);
            if (count - at - 2 > 0) Array.Copy(ranks, at + 2, ranks, at + 1, count - at - 2);
            if (at > 0) ranks[at - 1] = Rank(at - 1);
            if (at + 1 < count) ranks[at] = Rank(at);
        }

        ids.AddRange(symbols.AsSpan(0, count));

        int Rank(int i) => tables.Rank(symbols[i], symbols[i + 1]) is >= 0 and var rank ? rank : int.MaxValue;
    }

    /// <summary>In n log n: a page of base64 is one word.</summary>
    private void MergeLong(int count, List<int> ids)
    {
        var next = new int[count];
        var previous = new int[count];
        var queue = new PriorityQueue<(int At, int Left, int Right), ulong>();
        for (var i = 0; i < count; i++) (previous[i], next[i]) = (i - 1, i + 1);
        for (var i = 0; i + 1 < count; i++) Consider(i, i + 1);

        while (queue.TryDequeue(out var found, out var priority))
        {
            var right = next[found.At];
            if (symbols[found.At] != found.Left || right >= count || symbols[right] != found.Right) continue;
            symbols[found.At] = tables.ResultOf((int)(priority >> 32));
            symbols[right] = -1;
            next[found.At] = next[right];
            if (next[found.At] < count) previous[next[found.At]] = found.At;
            if (previous[found.At] >= 0) Consider(previous[found.At], found.At);
            if (next[found.At] < count) Consider(found.At, next[found.At]);
        }

        for (var i = 0; i < count; i++)
        {
            if (symbols[i] >= 0) ids.Add(symbols[i]);
        }

        void Consider(int at, int after)
        {
            if (tables.Rank(symbols[at], symbols[after]) is >= 0 and var rank) queue.Enqueue((at, symbols[at], symbols[after]), ((ulong)rank << 32) | (uint)at);
        }
    }
}
