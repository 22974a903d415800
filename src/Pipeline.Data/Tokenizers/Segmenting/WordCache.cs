using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Pipeline.Data.Tokenizers.Segmenting;

/// <summary>The tokens of longer words that were seen lately. A word has one place, where the next one with the same hash replaces it: memory stays bounded and no text can make it slow.</summary>
internal sealed class WordCache
{
    private const int Places = 1 << 16;

    /// <summary>Longer words seldom come again.</summary>
    public const int LongestWord = 64;

    private readonly Entry[] entries = new Entry[Places];

    public ref Entry Slot(ReadOnlySpan<char> word) => ref entries[XxHash3.HashToUInt64(MemoryMarshal.AsBytes(word)) & (Places - 1)];

    internal readonly record struct Entry(string Word, int[] Ids);
}
