using System.Text;

namespace Pipeline.Data.Documents;

/// <summary>Where a text may be cut without tearing a word: a word is what stands between white space, but in scripts that are written without spaces each letter.</summary>
internal static class WholeWords
{
    /// <summary>UTF-16 units from which something without white space is no word, such as encoded data: it may be cut anywhere.</summary>
    private const int Longest = 64;

    /// <summary>The range without the words that it has a part of, and without the white space that keeps what is left on both sides apart.</summary>
    public static (int From, int To) Within(string text, int from, int to)
    {
        var (start, end) = (from, to);
        while (start < to && start - from < Longest && !IsBoundary(text, start)) start++;
        while (end > from && to - end < Longest && !IsBoundary(text, end)) end--;
        (start, end) = (start - from == Longest ? from : start, to - end == Longest ? to : end);
        if (start >= end || start == 0 || end == text.Length || char.IsWhiteSpace(text[start - 1]) || char.IsWhiteSpace(text[end])) return (start, end);
        return char.IsWhiteSpace(text[start]) ? (start + 1, end) : char.IsWhiteSpace(text[end - 1]) ? (start, end - 1) : (start, end);
    }

    /// <summary>Han, kana, Thai, Lao, Myanmar, Khmer.</summary>
    public static bool IsWrittenWithoutSpaces(int rune) =>
        rune is (>= 0x2E80 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF)
            or (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF);

    private static bool IsBoundary(string text, int at)
    {
        if (at == 0 || at == text.Length || char.IsWhiteSpace(text[at - 1]) || char.IsWhiteSpace(text[at])) return true;
        if (char.IsLowSurrogate(text[at]) && char.IsHighSurrogate(text[at - 1])) return false;
        Rune.DecodeLastFromUtf16(text.AsSpan(0, at), out var before, out _);
        Rune.DecodeFromUtf16(text.AsSpan(at), out var after, out _);
        return IsWrittenWithoutSpaces(before.Value) || IsWrittenWithoutSpaces(after.Value);
    }
}
