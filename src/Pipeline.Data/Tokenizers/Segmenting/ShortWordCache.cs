using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pipeline.Data.Tokenizers.Segmenting;

/// <summary>
/// What is read of a short word in two steps: its first and its last eight bytes, which may overlap, and its length. Up to 7 characters of any script, or 16 below U+0100, which take a byte each, behind U+2581 or not; equal keys
/// are equal words.
/// </summary>
internal readonly record struct ShortWordKey(ulong Head, ulong Tail, int Length)
{
    private const int Spaced = 0x20;

    /// <summary>Length 0 where a word has no key.</summary>
    public static ShortWordKey Of(ReadOnlySpan<char> word) =>
        word is [UnigramModel.SpaceSymbol, _, ..] && Whole(word[1..]) is { Length: > 0 } rest ? rest with { Length = rest.Length | Spaced } : Whole(word);

    private static ShortWordKey Whole(ReadOnlySpan<char> word)
    {
        var length = word.Length;
        if (length >= 8)
        {
            if (length > 16) return default;
            var units = MemoryMarshal.Cast<char, ushort>(word);
            var (head, tail) = (Vector128.Create(units), Vector128.Create(units[^8..]));
            if (((head | tail) & Vector128.Create((ushort)0xFF00)) != Vector128<ushort>.Zero) return default;
            var bytes = Vector128.Narrow(head, tail).AsUInt64();
            return new(bytes[0], bytes[1], length);
        }

        if (length >= 4) return new(MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(word)), MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(word[^4..])), length);
        return length == 0 ? default : new(word[0] | ((ulong)word[length >> 1] << 16) | ((ulong)word[length - 1] << 32), 0, length);
    }

    public ulong Hash()
    {
        var high = Math.BigMul(Head ^ 0x9E3779B97F4A7C15, Tail ^ 0xD6E8FEB86659FD93 ^ (ulong)Length, out var low);
        return high ^ low;
    }
}

/// <summary>The tokens of short words that were seen lately, with the words, in one piece of memory: a word that is found costs one look at it. Of the words that share four places the oldest goes.</summary>
internal sealed class ShortWordCache
{
    private const int Places = 1 << 16;

    /// <summary>How many places a word has, of which the latest words have the first.</summary>
    private const int Ways = 4;

    /// <summary>Words of more tokens are not kept.</summary>
    private const int MostTokens = 3;

    private readonly Entry[] entries = new Entry[Places];

    public bool TryAdd(in ShortWordKey key, List<int> ids)
    {
        var place = (int)key.Hash() & (Places - 1);
        var way = 0;
        while (!entries[place ^ way].Is(key))
        {
            if (++way == Ways) return false;
        }

        ref var entry = ref entries[place ^ way];
        if (entry.Count > 0) ids.Add(entry.First);
        if (entry.Count > 1) ids.Add(entry.Second);
        if (entry.Count > 2) ids.Add(entry.Third);
        return true;
    }

    public bool Keep(in ShortWordKey key, ReadOnlySpan<int> tokens)
    {
        if (tokens.Length > MostTokens) return false;
        var place = (int)key.Hash() & (Places - 1);
        for (var way = Ways - 1; way > 0; way--) entries[place ^ way] = entries[place ^ (way - 1)];
        entries[place] = new(key.Head, key.Tail, (byte)key.Length, (byte)tokens.Length, tokens is [var first, ..] ? first : 0, tokens is [_, var second, ..] ? second : 0, tokens is [_, _, var third] ? third : 0);
        return true;
    }

    /// <summary>32 bytes, two to a line of the processor's cache.</summary>
    private readonly record struct Entry(ulong Head, ulong Tail, byte Length, byte Count, int First, int Second, int Third)
    {
        public bool Is(in ShortWordKey key) => Head == key.Head && Tail == key.Tail && Length == key.Length;
    }
}
